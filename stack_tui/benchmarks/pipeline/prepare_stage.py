"""The second stage: documents to tokens and a route, and onto the schedule."""

import time
from collections.abc import AsyncIterator, Collection, Sequence

from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.document_samples import failed_sample
from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import Document, Documents, More
from stack_tui.benchmarks.pipeline.refused_documents import RefusedDocuments
from stack_tui.benchmarks.pipeline.schedule import Schedule
from stack_tui.benchmarks.pipeline.task_plans import TaskPlans
from stack_tui.benchmarks.prepared_document import LettersPart, Prepared, Refused
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import agreement_check
from stack_tui.endpoints.limit import Stopped
from stack_tui.errors import StackError
from stack_tui.internal_error import internal_failure
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
        self._refusals = RefusedDocuments(emit)
        self._checked = False

    async def run(self, batches: AsyncIterator[Documents]) -> None:
        """Schedule all documents but those in `left`; end early on a stop.

        Raises StackError for a task of which no document can be asked.
        """
        try:
            async for batch in batches:
                await self._schedule.room()
                await self._schedule_batch(batch)
                self._harness.send(More())
            self._refusals.end()
        except Stopped:
            pass
        finally:
            self._schedule.close()

    async def _schedule_batch(self, batch: Documents) -> None:
        for name, text in batch.prefixes.items():
            self._preparer.prefixes[name] = text
            await self._emit(Prefix(at=time.time(), id=name, text=text))
        wanted = [
            each
            for each in batch.documents
            if (each.task, str(each.dataset_id), 0, None) not in self._left
        ]
        prepared = await self._prepared(wanted)
        if not self._checked and any(_by_letters(each) for each in prepared):
            self._checked = True
            finding = await agreement_check.check(self._scorer, prepared)
            if finding is not None:
                await self._emit(finding)
                self._preparer.letters_agree = False
                prepared = await self._prepared([each.document for each in prepared])
        if prepared:
            await self._plans.note_route(prepared)
        for each in prepared:
            self._schedule.add(each.document.prefix, each.document.task, each)

    async def _prepared(self, documents: Sequence[Document]) -> list[Prepared]:
        """Return the documents that can be asked; any other becomes a sample with its error."""
        found: list[Prepared] = []
        for each in await self._prepare(documents):
            if isinstance(each, Refused):
                await self._refusals.add(each)
            else:
                found.append(each)
        if found:
            await self._refusals.clear(found[0].document.task)
        return found

    async def _prepare(self, documents: Sequence[Document]) -> list[Prepared | Refused]:
        """Return what becomes of each document; a defect met in one is that one's own error."""
        if not documents:
            return []
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


def _by_letters(prepared: Prepared) -> bool:
    return any(isinstance(part, LettersPart) for part in prepared.parts)
