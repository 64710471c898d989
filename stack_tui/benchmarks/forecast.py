"""What the slow route will take, told before it is taken."""

import time
from collections.abc import Sequence
from datetime import timedelta

from stack_tui.benchmarks.document_preparation import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import logit_bias
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Finding


class Forecast:
    """Tells of each task that goes by forced tokens how many requests and how long that means."""

    def __init__(self, asker: RequestScorer) -> None:
        self._asker = asker
        self._request_s: float | None = None

    async def tell(self, prepared: Sequence[Prepared], samples: int) -> tuple[int, Finding]:
        """Return the requests that `samples` documents like these take, and words about them.

        A task's first document is asked once to learn the pace, until one has shown it.
        """
        if self._request_s is None:
            self._request_s = await self._pace(prepared[0])
        a_document = sum(logit_bias.request_count(one.pairs) for one in prepared) / len(prepared)
        requests = round(a_document * samples)
        seen = f"about {requests:,} requests, {a_document:.0f} a document"
        if self._request_s is not None:
            seen += f": {timedelta(seconds=round(requests * self._request_s))} one at a time"
        finding = Finding(
            at=time.time(),
            check="estimate",
            task=prepared[0].document.task,
            seen=seen,
            cause="This server tells no log-probabilities of a prompt, so each token of each choice"
            " is a request of its own: exact, and slow. --limit makes it shorter.",
            level="note",
        )
        return requests, finding

    async def _pace(self, first: Prepared) -> float | None:
        """Return the seconds that a request takes, None where the document cannot be scored."""
        began = time.monotonic()
        try:
            await self._asker.by_continuation(first.pairs)
        except EndpointError:  # told of that document when its turn comes
            return None
        return (time.monotonic() - began) / logit_bias.request_count(first.pairs)
