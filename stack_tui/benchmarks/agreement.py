"""Whether a server's one-token answers are log-probabilities of what they are taken for."""

import time
from collections.abc import Sequence

from stack_tui.benchmarks import letters, routes
from stack_tui.benchmarks.asking import Asker
from stack_tui.benchmarks.encoding import Pair
from stack_tui.benchmarks.preparing import Prepared
from stack_tui.endpoints.errors import EndpointError
from stack_tui.runs.events import Finding

TOLERANCE = 0.05
_DOCUMENTS = 3


async def check(asker: Asker, prepared: Sequence[Prepared]) -> Finding | None:
    """Compare letters with echo or forced on a few documents, without their few-shot examples.

    llama.cpp's sums depend on what is computed together, by tenths of a nat for a small quantised
    model: there both take the prompt as it was computed once. Where they differ by more than
    TOLERANCE nats, a finding says so, and the documents are to go by the other route. None where
    they agree, or where the server has no other route.
    """
    other = routes.by_continuation(asker.abilities)
    if other is None:
        return None
    worst = 0.0
    for one in [one for one in prepared if one.route == "letters"][:_DOCUMENTS]:
        pairs = [Pair([], pair.context, pair.continuation) for pair in one.pairs]
        try:
            expected, _ = await asker.by_continuation(pairs)
            by_letter, _ = await asker.by_letters(pairs, cached=True)
        except letters.Absent:
            continue
        except EndpointError as error:
            if error.kind != "bad_answer":
                raise
            worst = float("inf")
            break
        differences = zip(by_letter.logprobs, expected.logprobs, strict=True)
        worst = max(worst, *(abs(ours - theirs) for ours, theirs in differences))
    if worst <= TOLERANCE:
        return None
    return Finding(
        at=time.time(),
        check="route",
        task="",
        seen=f"one-token answers differ from {other} by {worst:.2f} nats",
        cause=f"The server scores one of them wrongly; {other} is used.",
    )
