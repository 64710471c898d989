"""The generate route: outputs by completions or chat, requested as lm-eval's API models do."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stack_tui.benchmarks.score_records import RecordedText
from stack_tui.endpoints.chat import read_completion
from stack_tui.endpoints.client import Client, Reply

_DEFAULT_TOKENS = 256
_CHAT_STOPS = 4
_TOKEN_LIMITS = ("max_tokens", "max_gen_toks")


def token_limit(gen: Mapping[str, Any]) -> int:
    """Return the maximum tokens of an output, 256 if the task does not say."""
    return int(next((gen[name] for name in _TOKEN_LIMITS if name in gen), _DEFAULT_TOKENS))


def sampling(gen: Mapping[str, Any], seed: int, *, chat: bool) -> dict[str, Any]:
    """Return the request's fields, without prompt and model, from a task's generation arguments.

    `do_sample` is lm-eval's own and is not sent; a chat takes at most four stop strings.
    """
    left = {name: gen[name] for name in gen if name not in (*_TOKEN_LIMITS, "do_sample")}
    until = left.pop("until", None)
    stops = [until] if isinstance(until, str) else list(until or [])
    return {
        "max_tokens": token_limit(gen),
        "temperature": left.pop("temperature", 0),
        "stop": stops[:_CHAT_STOPS] if chat else stops,
        "seed": seed,
        **left,
    }


async def ask(
    client: Client, prompt: str | Sequence[int], fields: Mapping[str, Any], *, chat: bool
) -> tuple[RecordedText, Reply]:
    """Return the output; raises EndpointError. With `chat`, `prompt` is the messages' JSON."""
    body: dict[str, Any] = {"model": client.endpoint.model, **fields}
    if chat:
        assert isinstance(prompt, str)
        body["messages"] = msgspec.json.decode(prompt)
        reply = await client.post("chat/completions", body)
    else:
        body["prompt"] = prompt
        reply = await client.post("completions", body)
    completion = read_completion(reply.data)
    text = RecordedText(
        text=completion.content,
        finish_reason=completion.finish_reason,
        reasoning=completion.reasoning,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
    )
    return text, reply
