"""A check that a server's one-token answers are the log-probabilities they should be."""

import time
from collections.abc import Sequence

from stack_tui.benchmarks.prepared_document import LettersPart, Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import letters, methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Finding

TOLERANCE = 0.05
_DOCUMENTS = 3
_TRIES = 3


async def check(asker: RequestScorer, prepared: Sequence[Prepared]) -> Finding | None:
    """Return a finding if letters differ from echo or forced on a few documents, else None.

    Documents are compared without their few-shot examples. If the routes differ by more than
    TOLERANCE nats, the run should use the other one; without another one there is nothing to
    compare. A busy server rounds differently in each batch, so a document is compared up to _TRIES
    times: a wrong score is wrong every time. llama.cpp's sums depend on what is computed together,
    by tenths of a nat for a small quantised model, so there both routes reuse the cached prompt.
    """
    other = methods.by_continuation(asker.capabilities)
    if other is None:
        return None
    worst = 0.0
    parts = [part for one in prepared for part in one.parts if isinstance(part, LettersPart)]
    for part in parts[:_DOCUMENTS]:
        pairs = [
            EncodedPair([], pair.context or pair.prefix, pair.continuation)
            for pair in part.pairs
            if pair.continuation
        ]
        worst = max(worst, await _least_difference(asker, pairs))
    if worst <= TOLERANCE:
        return None
    return Finding(
        at=time.time(),
        check="route",
        task="",
        seen=f"one-token answers differ from {other} by {worst:.2f} nats",
        cause=f"The server scores one of them wrongly. The run uses {other}.",
    )


async def _least_difference(asker: RequestScorer, pairs: Sequence[EncodedPair]) -> float:
    """Return the difference in nats of the worst choice, in the best of _TRIES comparisons."""
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
