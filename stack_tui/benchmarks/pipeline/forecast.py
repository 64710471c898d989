"""Forecasts of how many requests, and how long, the forced route takes."""

import time
from collections.abc import Sequence
from datetime import timedelta

from stack_tui.benchmarks.prepared_document import ContinuationsPart, Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import logit_bias
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Finding


class Forecast:
    """Estimates requests and time of a task that is scored by forced tokens, before it runs."""

    def __init__(self, asker: RequestScorer) -> None:
        self._asker = asker
        self._request_s: float | None = None

    async def estimate(self, prepared: Sequence[Prepared], samples: int) -> tuple[int, Finding]:
        """Return the number of requests for `samples` documents like these, and a finding on it.

        The pace is measured on one document, of the first task for which that works.
        """
        if self._request_s is None:
            self._request_s = await self._pace(next(filter(None, map(_forced, prepared))))
        counts = [logit_bias.request_count(part.pairs) for part in map(_forced, prepared) if part]
        a_document = sum(counts) / len(prepared)
        requests = round(a_document * samples)
        seen = f"about {requests:,} requests, {a_document:.0f} a document"
        if self._request_s is not None:
            seen += f": {timedelta(seconds=round(requests * self._request_s))} one at a time"
        finding = Finding(
            at=time.time(),
            check="estimate",
            task=prepared[0].document.task,
            seen=seen,
            cause="This server returns no log-probabilities for a prompt, so each token of each"
            " choice is a request of its own: exact, but slow. Use --limit to shorten the run.",
            level="note",
        )
        return requests, finding

    async def _pace(self, first: ContinuationsPart) -> float | None:
        """Return the seconds per request, None if the document cannot be scored."""
        began = time.monotonic()
        try:
            await self._asker.by_continuation(first.pairs)
        except EndpointError:  # the document's own sample reports it later
            return None
        return (time.monotonic() - began) / logit_bias.request_count(first.pairs)


def _forced(prepared: Prepared) -> ContinuationsPart | None:
    """Return the part of the document that is scored by forced tokens."""
    parts = (part for part in prepared.parts if isinstance(part, ContinuationsPart))
    return next((part for part in parts if part.method == "forced"), None)
