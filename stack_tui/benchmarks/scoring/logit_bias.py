"""The forced route (llama.cpp): a logit bias forces each token, which is scored without it."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.benchmarks.scoring.reply_shape import check_logprobs, read_as
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError

# Far over any difference of logits, so that the token is always the one generated.
_BIAS = 200


class _Alternative(msgspec.Struct):
    logprob: float


class _Forced(msgspec.Struct):
    id: int
    logprob: float
    top_logprobs: list[_Alternative]


class _Completion(msgspec.Struct):
    completion_probabilities: Annotated[list[_Forced], msgspec.Meta(min_length=1)]


async def ask(client: Client, pairs: Sequence[EncodedPair]) -> tuple[RecordedLogprobs, Reply]:
    """Return the scores of the pairs' continuations; raises EndpointError.

    Sends one request per token, in order, so that each finds its prompt in the server's cache. The
    first request only fills the cache: rounding depends on what is computed together, and so all
    tokens are scored from the same sums.
    """
    if pairs and pairs[0].continuation:
        await _ask_token(client, pairs[0].given, pairs[0].continuation[0], cached=False)
    logprobs, greedy, tokens = [], [], 0
    reply: Reply | None = None
    for pair in pairs:
        total, all_greedy = 0.0, True
        for at, token in enumerate(pair.continuation):
            prompt = pair.given + pair.continuation[:at]
            lp, is_greedy, reply = await _ask_token(client, prompt, token, cached=True)
            total += lp
            all_greedy = all_greedy and is_greedy
        tokens += len(pair.whole)
        logprobs.append(total)
        greedy.append(all_greedy)
    if reply is None:
        raise EndpointError("bad_request", "a document has no continuation to score")
    made = request_count(pairs)
    return RecordedLogprobs(logprobs, greedy, prompt_tokens=tokens, completion_tokens=made), reply


def request_count(pairs: Sequence[EncodedPair]) -> int:
    """Return how many requests `ask` sends for the pairs."""
    return 1 + sum(len(pair.continuation) for pair in pairs)


async def _ask_token(
    client: Client, prompt: Sequence[int], token: int, *, cached: bool
) -> tuple[float, bool, Reply]:
    body: dict[str, Any] = {
        "prompt": prompt,
        "n_predict": 1,
        "n_probs": 1,
        "temperature": 0,
        "logit_bias": [[token, _BIAS]],
    }
    if cached:
        body["cache_prompt"] = True
    reply = await client.post("completion", body, root=True)
    entry = read_as(reply.data, _Completion).completion_probabilities[0]
    check_logprobs(entry.logprob)
    if entry.id != token:
        raise EndpointError("bad_answer", "the answer is about another token than the forced one")
    best = max((other.logprob for other in entry.top_logprobs), default=entry.logprob)
    return entry.logprob, entry.logprob >= best, reply
