"""The second stage: documents to tokens and a route, and onto the schedule."""

import time
from collections.abc import AsyncIterator, Collection, Sequence

from stack_tui.benchmarks.document_preparation import Prepared, Preparer, refuse_cut
from stack_tui.benchmarks.document_samples import failed_sample
from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import Document, Documents, More
from stack_tui.benchmarks.pipeline.schedule import Schedule
from stack_tui.benchmarks.pipeline.task_plans import TaskPlans
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import agreement_check
from stack_tui.endpoints.limit import Stopped
from stack_tui.errors import StackError
from stack_tui.runner.internal_error import internal_failure
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Prefix, SampleKey


class PrepareStage:
    """Prepares batch by batch, and asks the harness for the next one when there is room for it."""

    def __init__(
        self,
        harness: HarnessProcess,
        preparer: Preparer,
        scorer: RequestScorer,
        plans: TaskPlans,
        left: Collection[SampleKey],
        schedule: Schedule[Prepared],
        emit: Emit,
    ) -> None:
        self._harness = harness
        self._preparer = preparer
        self._scorer = scorer
        self._plans = plans
        self._left = left
        self._schedule = schedule
        self._emit = emit
        self._first = True
        self._checked = False

    async def run(self, batches: AsyncIterator[Documents]) -> None:
        """Schedule all documents but those in `left`; end early on a stop.

        Raises RouteError for a task that the endpoint cannot take.
        """
        try:
            async for batch in batches:
                await self._schedule.room()
                await self._schedule_batch(batch)
                self._harness.send(More())
        except Stopped:
            pass
        finally:
            self._schedule.close()

    async def _schedule_batch(self, batch: Documents) -> None:
        for name, text in batch.prefixes.items():
            self._preparer.prefixes[name] = text
            await self._emit(Prefix(at=time.time(), id=name, text=text))
        prepared = await self._prepare(batch.documents)
        if not prepared:
            return
        if self._first:
            refuse_cut(prepared)
            self._first = False
        if not self._checked and any(each.route == "letters" for each in prepared):
            self._checked = True
            finding = await agreement_check.check(self._scorer, prepared)
            if finding is not None:
                await self._emit(finding)
                self._preparer.letters_agree = False
                prepared = await self._prepare(batch.documents)
        await self._plans.note_route(prepared)
        for each in prepared:
            document = each.document
            if (document.task, str(document.dataset_id), 0, None) not in self._left:
                self._schedule.add(document.prefix, document.task, each)

    async def _prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Return the documents prepared; one that cannot be becomes a sample with its error."""
        try:
            return await self._preparer.prepare(documents)
        except StackError:
            raise
        except Exception as error:
            if len(documents) == 1:
                await self._emit(failed_sample(documents[0], internal_failure(error)))
                return []
        # One of them broke the batch: each by itself shows which.
        return [each for document in documents for each in await self._prepare([document])]
