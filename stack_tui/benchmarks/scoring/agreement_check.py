"""Whether a server's one-token answers are log-probabilities of what they are taken for."""

import time
from collections.abc import Sequence

from stack_tui.benchmarks.document_preparation import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import letters, methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Finding

TOLERANCE = 0.05
_DOCUMENTS = 3
_TRIES = 3


async def check(asker: RequestScorer, prepared: Sequence[Prepared]) -> Finding | None:
    """Compare letters with echo or forced on a few documents, without their few-shot examples.

    llama.cpp's sums depend on what is computed together, by tenths of a nat for a small quantised
    model: there both take the prompt as it was computed once. Where they differ by more than
    TOLERANCE nats, a finding says so, and the documents are to go by the other route. None where
    they agree, or where the server has no other route. A server that computes for others at the
    same time rounds otherwise in each batch, so a document is asked up to _TRIES times: a wrong
    score is wrong every time.
    """
    other = methods.by_continuation(asker.capabilities)
    if other is None:
        return None
    worst = 0.0
    for one in [one for one in prepared if one.route == "letters"][:_DOCUMENTS]:
        pairs = [EncodedPair([], pair.context, pair.continuation) for pair in one.pairs]
        worst = max(worst, await _least_difference(asker, pairs))
    if worst <= TOLERANCE:
        return None
    return Finding(
        at=time.time(),
        check="route",
        task="",
        seen=f"one-token answers differ from {other} by {worst:.2f} nats",
        cause=f"The server scores one of them wrongly; {other} is used.",
    )


async def _least_difference(asker: RequestScorer, pairs: Sequence[EncodedPair]) -> float:
    """Return how far, in nats, the worst choice is off in the best of _TRIES comparisons."""
    least = float("inf")
    for _ in range(_TRIES):
        least = min(least, await _difference(asker, pairs))
        if least <= TOLERANCE:
            break
    return least


async def _difference(asker: RequestScorer, pairs: Sequence[EncodedPair]) -> float:
    try:
        expected, _ = await asker.by_continuation(pairs)
        by_letter, _ = await asker.by_letters(pairs, cached=True)
    except letters.Absent:
        return 0.0
    except EndpointError as error:
        if error.kind != "bad_answer":
            raise
        return float("inf")
    both = zip(by_letter.logprobs, expected.logprobs, strict=True)
    return max(abs(ours - theirs) for ours, theirs in both)
