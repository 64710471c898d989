"""One sample's document, its folds, and the marks in its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.runs.events import Sample
from stack_tui.tui import background
from stack_tui.tui.documents.marked import MARKED_CHARACTERS
from stack_tui.tui.documents.sample import Fold, sample_blocks
from stack_tui.tui.prose import Block
from stack_tui.tui.snapshot import ChosenRun
from stack_tui.tui.widgets.document import Document

if TYPE_CHECKING:
    from stack_tui.suites.case import Case
    from stack_tui.suites.rules import Mark


class SampleView(Document):
    """Shows a sample; what matched in it is looked for aside, for a pattern may take long."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._sample: Sample | None = None
        self._chosen: ChosenRun | None = None
        self._marks: list[Mark] = []
        self._unfolded: set[Fold] = set()

    def show_sample(
        self, sample: Sample | None, chosen: ChosenRun | None, empty: list[Block]
    ) -> None:
        """Show the sample of the chosen run, or `empty` where there is none."""
        before, self._sample, self._chosen = self._sample, sample, chosen
        if sample is None:
            self.show(empty, home=True)
        elif sample is not before:
            self._marks = []
            self._lay_out_sample(home=before is None or sample.key != before.key)
            self._look_for_marks(sample)

    def toggle(self, fold: Fold) -> None:
        """Unfold or fold a section, and bring an unfolded one into sight."""
        self._unfolded ^= {fold}
        self._lay_out_sample(home=False)
        if fold in self._unfolded:
            lines = self.text.splitlines()
            top = next((y for y, text in enumerate(lines) if f"▾ {fold.title()}" in text), 0)
            self.scroll_to(y=top, animate=False)

    def _lay_out_sample(self, *, home: bool) -> None:
        if self._sample:
            prefixes = self._chosen.prefixes if self._chosen else {}
            self.show(
                sample_blocks(
                    self._sample,
                    prefix=prefixes.get(self._sample.prefix or "", ""),
                    marks=self._marks,
                    unfolded=self._unfolded,
                ),
                home=home,
            )

    def _look_for_marks(self, sample: Sample) -> None:
        if (case := self._case(sample)) is None or not sample.output:
            return
        output = sample.output[:MARKED_CHARACTERS]

        def look() -> list[Mark]:
            from stack_tui.suites.rules import marks

            return marks(case, output)

        background.run(self.app, look, lambda found: self._mark(sample, found), lambda _: None)

    def _mark(self, sample: Sample, found: list[Mark]) -> None:
        if sample is self._sample and found:
            self._marks = found
            self._lay_out_sample(home=False)

    def _case(self, sample: Sample) -> Case | None:
        suite = self._chosen.suite if self._chosen else None
        return next((case for case in suite.cases if case.id == sample.id), None) if suite else None
