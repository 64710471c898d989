"""One sample's document, its folds, and the marks in its output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from stack_tui.runs.events import Answer, Sample
from stack_tui.tui import jobs
from stack_tui.tui.host import host_of
from stack_tui.tui.results.highlight import MARKED_CHARACTERS
from stack_tui.tui.results.raw_answers import answers_of
from stack_tui.tui.results.sample_page import Fold, sample_blocks
from stack_tui.tui.state.snapshot import ChosenRun
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark
    from stack_tui.suites.model.case import Case

_OPENED: Final[dict[Fold, str]] = {
    "reasoning": "▾ Reasoning",
    "examples": "▾ Few-shot",
    "prompt": "▾ Prompt",
    "raw": "▾ Raw",
}


class SampleView(BlockView):
    """Shows a sample; what matched in it is looked for aside, for a pattern may take long."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.sample: Sample | None = None
        self.chosen: ChosenRun | None = None
        self._marks: list[Mark] = []
        self._raw: list[Answer] | None = None
        self._unfolded: set[Fold] = set()

    def show_sample(
        self, sample: Sample | None, chosen: ChosenRun | None, empty: list[Block]
    ) -> None:
        """Show the sample of the chosen run, or `empty` where there is none."""
        before, self.sample = self.sample, sample
        labels, self.chosen = self.chosen.labels if self.chosen else {}, chosen
        if sample is None:
            self.show(empty, home=True)
        elif sample is not before:
            self._marks, self._raw = [], None
            self._lay_out_sample(home=before is None or sample.key != before.key)
            self._look_for_marks(sample)
            if "raw" in self._unfolded:
                self._look_for_answers(sample)
        elif chosen and chosen.labels != labels:
            self._lay_out_sample(home=False)

    @property
    def sealed(self) -> bool:
        """Whether the sample's texts are held out and not shown."""
        revealed = self.chosen is not None and self.chosen.revealed
        return self.sample is not None and self.sample.holdout and not revealed

    def toggle(self, fold: Fold) -> None:
        """Unfold or fold a section, and bring an unfolded one into sight."""
        if self.sample is None:
            return
        self._unfolded ^= {fold}
        if fold == "raw" and self._raw is None:
            self._look_for_answers(self.sample)
        self._lay_out_sample(home=False)
        if fold in self._unfolded:
            opened = [y for y, text in enumerate(self.text.splitlines()) if _OPENED[fold] in text]
            self.scroll_to(y=opened[0] if opened else 0, animate=False)

    def whole_text(self) -> str:
        """Return the sample's document with everything unfolded, in lines of 100 cells."""
        width = 100
        blocks = self._blocks_of({"reasoning", "examples", "prompt"})
        lines = (
            line
            for block in blocks
            for line in ([block] if isinstance(block, Content) else block(width))
        )
        return "\n".join(line.plain for line in lines) + "\n"

    def _lay_out_sample(self, *, home: bool) -> None:
        self.show(self._blocks_of(self._unfolded), home=home)

    def _blocks_of(self, unfolded: set[Fold]) -> list[Block]:
        if self.sample is None:
            return []
        prefixes = self.chosen.prefixes if self.chosen else {}
        return sample_blocks(
            self.sample,
            prefix=prefixes.get(self.sample.prefix or "", ""),
            marks=self._marks,
            unfolded=unfolded,
            raw=self._raw,
            label=self.chosen.label(self.sample) if self.chosen else None,
        )

    def _look_for_answers(self, sample: Sample) -> None:
        if self.sealed:
            self._take_answers(sample, [])
        elif self.chosen:
            folder = self.chosen.card.folder
            host_of(self).run_job(
                lambda: answers_of(folder, sample),
                lambda found: self._take_answers(sample, found),
                key=(self, "answers"),
            )

    def _take_answers(self, sample: Sample, found: list[Answer]) -> None:
        if sample is self.sample:
            self._raw = found
            self._lay_out_sample(home=False)

    def _look_for_marks(self, sample: Sample) -> None:
        if (case := self._case(sample)) is None or not sample.output or self.sealed:
            return
        output = sample.output[:MARKED_CHARACTERS]

        def look() -> list[Mark]:
            from stack_tui.suites.grading.rules import marks

            return marks(case, output)

        jobs.run(self.app, look, lambda found: self._mark(sample, found), lambda _: None)

    def _mark(self, sample: Sample, found: list[Mark]) -> None:
        if sample is self.sample and found:
            self._marks = found
            self._lay_out_sample(home=False)

    def _case(self, sample: Sample) -> Case | None:
        suite = self.chosen.suite if self.chosen else None
        return next((case for case in suite.cases if case.id == sample.id), None) if suite else None
