"""The letters route: one request a document gives the log-probability of every choice."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError


class Absent(Exception):
    """A choice is not among the alternatives that the server answered with."""


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

    With `named` the server is asked for these very tokens (vLLM), else for its `top_n` likeliest.
    `cache_prompt` asks llama.cpp to start from what it computed for the prompt before.
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
    if named:
        body["logprob_token_ids"] = list(dict.fromkeys(choices))
    reply = await client.post("completions", body)
    found = read_alternatives(reply.data)
    try:
        logprobs = [found[choice] for choice in choices]
    except KeyError as error:
        raise Absent from error
    best = max(found.values())
    greedy = [lp >= best for lp in logprobs]
    return RecordedLogprobs(logprobs, greedy, prompt_tokens=len(prompt), completion_tokens=1), reply


def read_alternatives(data: Any) -> dict[int, float]:
    """Return the log-probability of each alternative to the first new token, by token id.

    Two shapes are read: vLLM's (keys such as `token_id:42`), and llama.cpp's, as in a chat.
    Raises EndpointError of kind bad_answer where there is neither.
    """
    try:
        logprobs = data["choices"][0]["logprobs"]
        if "content" in logprobs:
            top = logprobs["content"][0]["top_logprobs"]
            found = {int(entry["id"]): float(entry["logprob"]) for entry in top}
        else:
            found = _by_id(logprobs["top_logprobs"][0])
    except (KeyError, IndexError, TypeError, ValueError):
        raise EndpointError(
            "bad_answer", "the answer holds no log-probabilities by token id"
        ) from None
    if not found or not all(math.isfinite(lp) and lp <= 1e-6 for lp in found.values()):
        raise EndpointError("bad_answer", "the answer's log-probabilities are no log-probabilities")
    return found


def _by_id(top: Mapping[str, float]) -> dict[int, float]:
    return {int(key.removeprefix("token_id:")): float(lp) for key, lp in top.items()}
