"""The letters route: one request per document gives the log-probability of every choice."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.benchmarks.scoring.prompt_usage import unread_tokens
from stack_tui.benchmarks.scoring.reply_shape import check_logprobs, read_as
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runner.request_engine import gather_all

# vLLM refuses a request that names more.
_MOST_NAMED = 128


class _Alternative(msgspec.Struct):
    id: int
    logprob: float


class _Token(msgspec.Struct):
    top_logprobs: list[_Alternative]


class _Logprobs(msgspec.Struct):
    content: list[_Token] | None = None
    top_logprobs: list[dict[str, float]] | None = None


class _Choice(msgspec.Struct):
    logprobs: _Logprobs


class _Completion(msgspec.Struct):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]


class Absent(Exception):
    """A choice is missing from the alternatives in the server's answer."""


async def ask(
    client: Client,
    prompt: Sequence[int],
    choices: Sequence[int],
    *,
    named: bool,
    top_n: int,
    cache_prompt: bool,
) -> tuple[RecordedLogprobs, Reply]:
    """Return the scores of the choices, tokens after `prompt`; raises Absent, EndpointError.

    With `named` the requests name these tokens (vLLM); else one asks for the `top_n` likeliest.
    `cache_prompt` has llama.cpp reuse what it computed for the prompt before.
    """
    body: dict[str, Any] = {
        "model": client.endpoint.model,
        "prompt": prompt,
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": 1 if named else top_n,
        "return_tokens_as_token_ids": True,
    }
    if cache_prompt:
        body["cache_prompt"] = True
    bodies = [body]
    if named:
        distinct = list(dict.fromkeys(choices))
        bodies = [
            body | {"logprob_token_ids": distinct[at : at + _MOST_NAMED]}
            for at in range(0, len(distinct), _MOST_NAMED)
        ]
    replies = await gather_all(client.post("completions", one) for one in bodies)
    found: dict[int, float] = {}
    for reply in replies:
        found |= read_alternatives(reply.data)
    try:
        logprobs = [found[choice] for choice in choices]
    except KeyError as error:
        raise Absent from error
    best = max(found.values())
    scores = RecordedLogprobs(
        logprobs,
        greedy=[lp >= best for lp in logprobs],
        prompt_tokens=len(prompt),
        completion_tokens=len(replies),
        unread_tokens=unread_tokens(replies[0].data, [len(prompt)]),
    )
    return scores, replies[0]


def read_alternatives(data: Any) -> dict[int, float]:
    """Return the log-probability of each alternative to the first new token, by token id.

    Reads two shapes: vLLM's, with keys such as `token_id:42`, and llama.cpp's, as in a chat.
    Raises EndpointError of kind bad_answer for any other.
    """
    logprobs = read_as(data, _Completion).choices[0].logprobs
    if logprobs.content:
        found = {entry.id: entry.logprob for entry in logprobs.content[0].top_logprobs}
    else:
        found = _by_id(logprobs.top_logprobs[0] if logprobs.top_logprobs else {})
    if not found:
        raise EndpointError("bad_answer", "the answer has no log-probabilities by token id")
    check_logprobs(*found.values())
    return found


def _by_id(top: Mapping[str, float]) -> dict[int, float]:
    try:
        return {int(key.removeprefix("token_id:")): lp for key, lp in top.items()}
    except ValueError:
        return {}
