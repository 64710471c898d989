"""Measure how fast an endpoint answers, by a few small streamed requests in sequence."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError, embedded_error
from stack_tui.endpoints.foreign_data import foreign_data
from stack_tui.endpoints.json_answer import decode_json
from stack_tui.endpoints.refused_fields import adapt
from stack_tui.endpoints.retry import ONCE
from stack_tui.errors import Failure

REQUESTS = 5
TOKENS = 32
WITHIN_S = 60.0
SENT = (
    f"{REQUESTS} requests of at most {TOKENS} tokens each in sequence, after one that does not "
    f"count, within {WITHIN_S:g} s"
)


class MeasuredRange(msgspec.Struct, frozen=True):
    """The median and the range of the measured values."""

    median: float
    low: float
    high: float


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """The measurements so far: seconds to the first token and in total, tokens per second.

    `done` counts the measured requests; `failure` is set if not all could be measured.
    """

    name: str
    url: str
    model: str | None = None
    done: int = 0
    first_token_s: MeasuredRange | None = None
    total_s: MeasuredRange | None = None
    tokens_per_s: MeasuredRange | None = None
    failure: Failure | None = None


async def time_requests(
    endpoint: Endpoint, report: Callable[[Latency], object], within_s: float = WITHIN_S
) -> Latency:
    """Return the latency; `report` gets it after each request. Never raises, and ends in time."""
    found = Latency(name=endpoint.name, url=endpoint.url, model=endpoint.model)
    answers: list[_Answer] = []
    try:
        async with asyncio.timeout(within_s), connect(endpoint, policy=ONCE) as client:
            with foreign_data():
                path, body = await _settled(client)
                found = msgspec.structs.replace(found, model=client.endpoint.model)
                for number in range(REQUESTS):
                    answers.append(await _ask(client, path, _numbered(body, number + 1)))
                    found = _summarize(found, answers)
                    report(found)
    except EndpointError as error:
        found = msgspec.structs.replace(found, failure=error.failure())
    except TimeoutError:
        late = EndpointError("timeout", f"not finished within {within_s:g} s")
        found = msgspec.structs.replace(found, failure=late.failure())
    report(found)
    return found


@dataclass
class _Answer:
    """A streamed answer as it arrives; `at` has the time of each piece that contains text."""

    began: float
    at: list[float] = field(default_factory=list)
    ended: float = 0.0
    counted: int | None = None
    _rest: bytes = b""

    def hear(self, chunk: bytes) -> None:
        now = time.monotonic()
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line, now)

    def _take(self, line: bytes, now: float) -> None:
        if not line.startswith(b"data:") or line[5:].strip() == b"[DONE]":
            return
        try:
            data = decode_json(line[5:])
        except ValueError:
            return
        if error := embedded_error(data):
            raise error
        if not isinstance(data, dict):
            return
        usage, choices = data.get("usage"), data.get("choices")
        if isinstance(usage, dict) and isinstance(usage.get("completion_tokens"), int):
            self.counted = usage["completion_tokens"]
        if isinstance(choices, list) and choices and _has_text(choices[0]):
            self.at.append(now)

    @property
    def tokens_per_s(self) -> float | None:
        """Tokens per second after the first; pieces are counted if the server counts no tokens."""
        tokens = self.counted or len(self.at)
        if len(self.at) < 2 or tokens < 2 or self.at[-1] <= self.at[0]:
            return None
        return (tokens - 1) / (self.at[-1] - self.at[0])


def _has_text(choice: Any) -> bool:
    if not isinstance(choice, dict):
        return False
    delta = choice.get("delta")
    parts: Mapping[str, Any] = delta if isinstance(delta, dict) else choice
    return any(parts.get(key) for key in ("content", "text", "reasoning", "reasoning_content"))


async def _settled(client: Client) -> tuple[str, Mapping[str, Any]]:
    """Return the route and body that the server accepts; this first answer is not measured."""
    named = {"model": client.endpoint.model} if client.endpoint.model else {}
    base = {**named, "max_tokens": TOKENS, "temperature": 0, "stream": True}
    counted = base | {"stream_options": {"include_usage": True}}
    chat = {"messages": [{"role": "user", "content": ""}]}
    tried: Sequence[tuple[str, Mapping[str, Any]]] = (
        ("chat/completions", counted | chat),
        ("chat/completions", adapt(counted | chat, {"max_tokens", "temperature"})),
        ("chat/completions", base | chat),
        ("completions", counted | {"prompt": ""}),
    )
    first: EndpointError | None = None
    for path, body in tried:
        try:
            await _ask(client, path, _numbered(body, 0))
        except EndpointError as error:
            if error.kind != "bad_request":
                raise
            first = first or error
        else:
            return path, body
    assert first is not None
    raise first


def _numbered(body: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the body with a distinct text, so that no cache has the answer."""
    text = f"Write the numbers from {number}1 to {number}40 in words, separated by commas."
    if "prompt" in body:
        return {**body, "prompt": text}
    return {**body, "messages": [{"role": "user", "content": text}]}


async def _ask(client: Client, path: str, body: Mapping[str, Any]) -> _Answer:
    answer = _Answer(time.monotonic())
    try:
        await client.stream(path, body, answer.hear)
    except EndpointError as error:
        if error.kind != "connection" or answer.at:
            raise
        # llama.cpp closes the connection after a stream: reconnecting is not the model's delay.
        answer = _Answer(time.monotonic())
        await client.stream(path, body, answer.hear)
    answer.hear(b"\n")
    answer.ended = time.monotonic()
    if not answer.at:
        raise EndpointError(
            "bad_answer",
            "it answered, but did not stream any text",
            where=client.where,
            remedy="A server or a proxy that does not stream cannot be timed this way.",
        )
    return answer


def _summarize(found: Latency, answers: Sequence[_Answer]) -> Latency:
    rates = [rate for each in answers if (rate := each.tokens_per_s) is not None]
    return msgspec.structs.replace(
        found,
        done=len(answers),
        first_token_s=_spread([each.at[0] - each.began for each in answers]),
        total_s=_spread([each.ended - each.began for each in answers]),
        tokens_per_s=_spread(rates),
    )


def _spread(values: Sequence[float]) -> MeasuredRange | None:
    if not values:
        return None
    return MeasuredRange(statistics.median(values), min(values), max(values))


def format_seconds(spread: MeasuredRange | None) -> str:
    """Return a text such as 115 ms (95–236), or in seconds from 1 s on; – for None."""
    if spread is None:
        return "–"
    unit, scale = ("s", 1.0) if spread.median >= 1 else ("ms", 1000.0)
    median, low, high = (
        _short(value * scale) for value in (spread.median, spread.low, spread.high)
    )
    return f"{median} {unit} ({low}–{high})"


def format_rate(spread: MeasuredRange | None) -> str:
    """Return tokens per second such as 53 (48–60); – for None."""
    if spread is None:
        return "–"
    median, low, high = (_short(each, 1) for each in msgspec.structs.astuple(spread))
    return f"{median} ({low}–{high})"


def _short(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if value < 10 else f"{value:,.0f}"
