"""How fast an endpoint answers: a few small streamed requests, one after another."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.chat import without
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError, embedded_error
from stack_tui.endpoints.retry import ONCE
from stack_tui.errors import Failure

REQUESTS = 5
TOKENS = 32
WITHIN_S = 60.0
SENT = (
    f"{REQUESTS} requests, and one before them that does not count, of at most {TOKENS} tokens "
    f"each, one after another, within {WITHIN_S:g} s"
)


class MeasuredRange(msgspec.Struct, frozen=True):
    """The median of what was measured, and its range."""

    median: float
    low: float
    high: float


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured so far: seconds to the first token and in all, tokens a second between.

    `done` counts the requests that were measured; `failure` is what ended it before all were.
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
    endpoint: Endpoint, told: Callable[[Latency], object], within_s: float = WITHIN_S
) -> Latency:
    """Time the endpoint, telling after each request; never raises, and ends in time."""
    found = Latency(name=endpoint.name, url=endpoint.url, model=endpoint.model)
    answers: list[_Answer] = []
    try:
        async with asyncio.timeout(within_s), connect(endpoint, policy=ONCE) as client:
            path, body = await _settled(client)
            found = msgspec.structs.replace(found, model=client.endpoint.model)
            for number in range(REQUESTS):
                answers.append(await _ask(client, path, _numbered(body, number + 1)))
                found = _summed(found, answers)
                told(found)
    except EndpointError as error:
        found = msgspec.structs.replace(found, failure=error.failure())
    except TimeoutError:
        late = EndpointError("timeout", f"it was not done within {within_s:g} s")
        found = msgspec.structs.replace(found, failure=late.failure())
    told(found)
    return found


@dataclass
class _Answer:
    """A streamed answer as it comes; `at` has a moment for each piece with text in it."""

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
            data = msgspec.json.decode(line[5:])
        except (msgspec.DecodeError, UnicodeDecodeError):
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
        """Tokens a second after the first; pieces are counted where the server counts none."""
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
    """Return the route and the body that the server takes; the first answer is not measured."""
    named = {"model": client.endpoint.model} if client.endpoint.model else {}
    asked = {**named, "max_tokens": TOKENS, "temperature": 0, "stream": True}
    counted = asked | {"stream_options": {"include_usage": True}}
    chat = {"messages": [{"role": "user", "content": ""}]}
    tried: Sequence[tuple[str, Mapping[str, Any]]] = (
        ("chat/completions", counted | chat),
        ("chat/completions", without(counted | chat, {"max_tokens", "temperature"})),
        ("chat/completions", asked | chat),
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
    """Return the body with a text of its own, so that no cache knows the answer."""
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
        # llama.cpp closes a connection after a stream; that it was kept is no delay of the model.
        answer = _Answer(time.monotonic())
        await client.stream(path, body, answer.hear)
    answer.hear(b"\n")
    answer.ended = time.monotonic()
    if not answer.at:
        raise EndpointError(
            "bad_answer",
            "it answered, but with no text in a stream",
            where=client.where,
            remedy="A server or a proxy that does not stream cannot be timed this way.",
        )
    return answer


def _summed(found: Latency, answers: Sequence[_Answer]) -> Latency:
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
    """Return 115 ms (95–236), or in seconds where that reads better; – for nothing."""
    if spread is None:
        return "–"
    unit, scale = ("s", 1.0) if spread.median >= 1 else ("ms", 1000.0)
    median, low, high = (
        _short(value * scale) for value in (spread.median, spread.low, spread.high)
    )
    return f"{median} {unit} ({low}–{high})"


def format_rate(spread: MeasuredRange | None) -> str:
    """Return 53 (48–60) tokens a second, – for nothing."""
    if spread is None:
        return "–"
    median, low, high = (_short(each, 1) for each in msgspec.structs.astuple(spread))
    return f"{median} ({low}–{high})"


def _short(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if value < 10 else f"{value:,.0f}"
