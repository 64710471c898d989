"""The generate route: outputs by completions or chat, requested as lm-eval's API models do."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stack_tui.benchmarks.score_records import RecordedText
from stack_tui.benchmarks.scoring.finished_text import finish
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.completion_client import CompletionPath
from stack_tui.endpoints.endings import ending_of
from stack_tui.runner.run_client import RunClient
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Finding

_DEFAULT_TOKENS = 256
# OpenAI and vLLM refuse a request with more.
_MOST_STOPS = 4
_PILOTS = 3
_TOKEN_LIMITS = ("max_tokens", "max_gen_toks")


def token_limit(gen: Mapping[str, Any]) -> int:
    """Return the maximum tokens of an output, 256 if the task does not say."""
    return int(next((gen[name] for name in _TOKEN_LIMITS if name in gen), _DEFAULT_TOKENS))


def sampling(gen: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the request's fields, without prompt and model, from a task's generation arguments.

    `do_sample` is lm-eval's own and is not sent. `stop` holds all stops, whatever a server takes.
    """
    left = {name: gen[name] for name in gen if name not in (*_TOKEN_LIMITS, "do_sample")}
    until = left.pop("until", None)
    return {
        "max_tokens": token_limit(gen),
        "temperature": left.pop("temperature", 0),
        "stop": [until] if isinstance(until, str) else list(until or []),
        "seed": seed,
        **left,
    }


class TextModel:
    """The model of one endpoint as a writer of texts: how it takes stops, and whether it thinks.

    A server applies stop strings to the thinking as well and would end the text there. Of a model
    that thinks, no stop is sent, and all are applied after the thinking. `think_end_token` tells
    that it does; "" that its thinking is part of the output. Otherwise the texts show it: behind a
    chat template (`templated`) the first request goes without stops to find out, since a text that
    was stopped inside its thinking may have no mark of it; the other requests wait for it.
    """

    def __init__(
        self, client: Client, *, think_end_token: str | None = None, templated: bool = False
    ) -> None:
        self.client = client
        self.think_end_token = think_end_token
        self._asking = RunClient(client)
        self._looks = think_end_token is None
        self._thinks: bool | None = bool(think_end_token)
        if self._looks and templated:
            self._thinks = None
        self._pilots_left = _PILOTS
        self._pilot = asyncio.Lock()

    async def write(
        self, path: CompletionPath, body: Mapping[str, Any], *, task: str, emit: Emit
    ) -> tuple[RecordedText, Reply]:
        """Return the output; raises EndpointError. `body` holds all stops of the request."""
        stops = [stop for stop in body.get("stop", ()) if stop]
        plain = {name: value for name, value in body.items() if name != "stop"}
        if stops and self._thinks is None:
            async with self._pilot:
                if self._thinks is None:
                    text, reply = await self._send(path, plain, stops, task, emit)
                    await self._learn(text, task, emit)
                    return text, reply
        if not stops or self._thinks:
            return await self._send(path, plain, stops, task, emit)
        sent = plain | {"stop": stops[:_MOST_STOPS]}
        text, reply = await self._send(path, sent, stops[_MOST_STOPS:], task, emit)
        if self._looks and self._shows_thinking(text):
            await self._note_thinking(task, emit)
            if self._was_stopped_inside(text):
                return await self._send(path, plain, stops, task, emit)
        return text, reply

    async def _send(
        self,
        path: CompletionPath,
        body: Mapping[str, Any],
        unsent: Sequence[str],
        task: str,
        emit: Emit,
    ) -> tuple[RecordedText, Reply]:
        exchange = await self._asking.ask(path, body, task=task, emit=emit)
        completion = exchange.completion
        refused = list(body["stop"]) if "stop" in exchange.dropped else []
        text = RecordedText(
            text=completion.content,
            finish_reason=completion.finish_reason,
            reasoning=completion.reasoning,
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            stops=[*refused, *unsent],
            dropped=list(exchange.dropped),
            tool_calls=list(completion.tool_calls),
        )
        return text, exchange.reply

    async def _learn(self, text: RecordedText, task: str, emit: Emit) -> None:
        """Note whether the model thinks; a text cut off without a mark of it leaves that open."""
        self._pilots_left -= 1
        if self._shows_thinking(text):
            await self._note_thinking(task, emit)
        elif ending_of(text.finish_reason) != "truncated" or not self._pilots_left:
            self._thinks = False

    def _shows_thinking(self, text: RecordedText) -> bool:
        found = finish(text, self.think_end_token)
        return bool(found.reasoning.strip()) or found.unfinished

    def _was_stopped_inside(self, text: RecordedText) -> bool:
        found = finish(text, self.think_end_token)
        ended = ending_of(text.finish_reason) != "truncated"
        return ended and (found.unfinished or found.status == "reasoning_only")

    async def _note_thinking(self, task: str, emit: Emit) -> None:
        if self._thinks:
            return
        self._thinks = True
        await emit(
            Finding(
                at=time.time(),
                check="thinking",
                task=task,
                seen="the model thinks before it answers",
                cause="The thinking is not scored. Stop strings are applied after it, here, and not"
                " by the server. Leave room for it with --gen max_gen_toks.",
                level="note",
            )
        )


async def ask(
    model: TextModel,
    prompt: str | Sequence[int],
    fields: Mapping[str, Any],
    *,
    chat: bool,
    task: str,
    emit: Emit,
) -> tuple[RecordedText, Reply]:
    """Return the output; raises EndpointError. With `chat`, `prompt` is the messages' JSON."""
    body: dict[str, Any] = {"model": model.client.endpoint.model, **fields}
    if chat:
        assert isinstance(prompt, str)
        body["messages"] = msgspec.json.decode(prompt)
        return await model.write("chat/completions", body, task=task, emit=emit)
    body["prompt"] = prompt
    return await model.write("completions", body, task=task, emit=emit)
