"""The third stage: scheduled documents to the endpoint, and what it answers to scoring."""

import asyncio
from functools import partial

from stack_tui.benchmarks.document_samples import failed_sample
from stack_tui.benchmarks.pipeline.schedule import Schedule
from stack_tui.benchmarks.pipeline.score_stage import ScoreStage
from stack_tui.benchmarks.prepared_document import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runner.request_engine import Job, RequestEngine
from stack_tui.runner.stream import Emit, EndRun

# Enough to keep requests waiting at the limit, which its search for the best number needs, and few
# enough that a document is chosen late, when its prefix is known to be in the server's cache.
_WAITING = 4
# A server that refuses this many documents in a row will refuse the rest.
_FAILED_IN_A_ROW = 32
_ENDING = frozenset({"auth", "connection"})


class AskStage:
    """Asks documents in the schedule's order; it is the engine's source of jobs."""

    def __init__(
        self,
        scorer: RequestScorer,
        schedule: Schedule[Prepared],
        scoring: ScoreStage,
        stopping: asyncio.Event,
        emit: Emit,
    ) -> None:
        self._scorer = scorer
        self._limit = scorer.client.limit
        self._schedule = schedule
        self._scoring = scoring
        self._emit = emit
        self._failed_in_a_row = 0
        self._engine = RequestEngine(
            [self._limit],
            stopping,
            emit,
            timeout_s=scorer.client.endpoint.timeout_s,
            room=self._room,
        )

    async def run(self) -> None:
        """Ask until the schedule ends, or until a stop; raises EndRun if the server is lost."""
        try:
            await self._engine.run(self)
        finally:
            self._scoring.close()

    def _room(self) -> int:
        return self._limit.current + _WAITING

    async def next(self) -> Job | None:
        """Return the job for the next document, None when there are no more."""
        prepared = await self._schedule.wait_for_next(ahead=2 * self._limit.current)
        if prepared is None:
            return None
        failed = partial(failed_sample, prepared.document, flags=prepared.flags)
        return Job(partial(self._ask, prepared), failed)

    def stop(self) -> None:
        """Return no more jobs."""
        self._schedule.stop()

    async def _ask(self, prepared: Prepared) -> None:
        document = prepared.document
        try:
            sent = await self._scorer.ask(prepared, self._emit)
        except Stopped:
            raise
        except EndpointError as error:
            self._failed_in_a_row += 1
            if error.kind in _ENDING or self._failed_in_a_row >= _FAILED_IN_A_ROW:
                await self._emit(failed_sample(document, error.failure(), flags=prepared.flags))
                raise EndRun(error) from error
            raise
        finally:
            self._schedule.lead(document.prefix)
        if sent.requests:
            self._failed_in_a_row = 0
        await self._scoring.submit(sent)
