"""Documents that cannot be asked: each is its own error, unless no document of its task can be."""

from stack_tui.benchmarks.document_samples import failed_sample
from stack_tui.benchmarks.prepared_document import Refused
from stack_tui.errors import StackError
from stack_tui.runner.stream import Emit

# If this many documents of a task cannot be asked, and none before them could, no other will.
_HOPELESS = 256


class RefusedDocuments:
    """Holds a task's refused documents until it is known that another document can be asked."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._held: list[Refused] = []
        self._can_run: set[str] = set()

    async def add(self, refused: Refused) -> None:
        """Emit the document's error, or hold it; raises StackError for a task that cannot run."""
        task = refused.document.task
        if self._held and self._held[0].document.task != task:
            self.end()
        if task in self._can_run:
            await self._emit(failed_sample(refused.document, refused.failure))
            return
        self._held.append(refused)
        if len(self._held) >= _HOPELESS:
            self.end()

    async def clear(self, task: str) -> None:
        """Note that a document of the task can be asked: those held are errors of their own."""
        if task in self._can_run:
            return
        self._can_run.add(task)
        if self._held and self._held[0].document.task != task:
            self.end()
        for refused in self._held:
            await self._emit(failed_sample(refused.document, refused.failure))
        self._held.clear()

    def end(self) -> None:
        """Raise StackError if documents are still held: no document of their task can be asked."""
        if not self._held:
            return
        first = self._held[0]
        error = StackError(
            f"{first.document.task} cannot run: {first.error.what}",
            where=f"document {first.document.dataset_id}",
            remedy=first.error.remedy,
        )
        error.exit_code = first.error.exit_code
        raise error
