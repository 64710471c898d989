"""The forced route (llama.cpp): each token of a continuation is forced by a bias and scored raw."""

import math
from collections.abc import Sequence
from typing import Any

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError

_BIAS = 200


async def ask(client: Client, pairs: Sequence[EncodedPair]) -> tuple[RecordedLogprobs, Reply]:
    """Return the scores of the pairs' continuations; raises EndpointError.

    One request a token, in order, so that each finds the prompt before it in the server's cache.
    The first one only fills it: all are then scored from the same sums, whose rounding depends on
    what is computed together.
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
    try:
        entry: Any = reply.data["completion_probabilities"][0]
        forced, lp = entry["id"], float(entry["logprob"])
        top = entry["top_logprobs"]
        best = max(float(other["logprob"]) for other in top) if top else lp
    except (KeyError, IndexError, TypeError, ValueError):
        raise EndpointError(
            "bad_answer", "the answer holds no forced token's probability"
        ) from None
    if forced != token or not math.isfinite(lp) or lp > 1e-6:
        raise EndpointError("bad_answer", "the answer is not about the token that was forced")
    return lp, lp >= best, reply
