"""A sample in full: its page, the marks in its output, and what you can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.message import Message

from stack_tui.errors import StackError
from stack_tui.names import file_name, slug
from stack_tui.paths import write_atomically
from stack_tui.runs import labels
from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import SuiteSubject
from stack_tui.tui import holdout_reveal
from stack_tui.tui.host import host_of
from stack_tui.tui.results.raw_requests import read_answers
from stack_tui.tui.results.sample_page import Fold, sample_blocks
from stack_tui.tui.state.snapshot import ChosenRun, RunCard
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block
from stack_tui.tui.ui.highlight import MARKED_CHARACTERS

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark
    from stack_tui.suites.model.case import Suite


_OPENED: Final[dict[Fold, str]] = {
    "reasoning": "▾ Reasoning",
    "examples": "▾ Few-shot",
    "prompt": "▾ Prompt",
    "raw": "▾ Raw",
}


class SampleView(BlockView):
    """Show a sample, and do what `bindings.SAMPLE` offers.

    The list of samples has the focus, not this view, so what holds the view binds the keys: its
    `action_sample` runs the action here. Marks are found in a thread, as a pattern may be slow.
    """

    @dataclass
    class EditCase(Message):
        """Edit that case of the suite of that name."""

        suite: str
        case_id: str

    @dataclass
    class MakeCase(Message):
        """Make a case of the sample; `suite` is the run's, if it has one."""

        sample: Sample
        suite: Suite | None

    @dataclass
    class Regrade(Message):
        """Grade the run's recorded outputs once more."""

        card: RunCard

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
        """Show the sample of the chosen run, or `empty` if there is none."""
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
    def hidden(self) -> bool:
        """Whether the sample is held out and not revealed."""
        revealed = self.chosen is not None and self.chosen.revealed
        return self.sample is not None and self.sample.holdout and not revealed

    def action_fold(self, fold: Fold) -> None:
        """Unfold or fold a section, and scroll to an unfolded one."""
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
        """Return the sample's page with everything unfolded, wrapped to 100 columns."""
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
            key_for=host_of(self).key_for,
            prefix=prefixes.get(self.sample.prefix or "", ""),
            marks=self._marks,
            unfolded=unfolded,
            raw=self._raw,
            label=self.chosen.label(self.sample) if self.chosen else None,
        )

    def _look_for_answers(self, sample: Sample) -> None:
        if self.hidden:
            self._show_answers(sample, [])
        elif self.chosen:
            folder = self.chosen.card.folder
            host_of(self).run_job(
                lambda: read_answers(folder, sample),
                lambda found: self._show_answers(sample, found),
                key=(self, "answers"),
            )

    def _show_answers(self, sample: Sample, found: list[Answer]) -> None:
        if sample is self.sample:
            self._raw = found
            self._lay_out_sample(home=False)

    def _look_for_marks(self, sample: Sample) -> None:
        suite = self.chosen.suite if self.chosen else None
        cases = suite.cases if suite else ()
        case = next((case for case in cases if case.id == sample.id), None)
        if case is None or not sample.output or self.hidden:
            return
        output = sample.output[:MARKED_CHARACTERS]

        def work() -> list[Mark]:
            from stack_tui.suites.grading.rules import marks

            return marks(case, output)

        host_of(self).run_job(
            work,
            lambda found: self._show_marks(sample, found),
            failed=lambda _: None,
            key=(self, "marks"),
        )

    def _show_marks(self, sample: Sample, found: list[Mark]) -> None:
        if sample is self.sample and found:
            self._marks = found
            self._lay_out_sample(home=False)

    def action_reveal(self) -> None:
        """Show the texts of the run's held-out cases from now on, and log the access."""
        host, chosen = host_of(self), self.chosen
        spec = chosen.card.spec if chosen else None
        if chosen is None or spec is None or not any(each.holdout for each in chosen.samples):
            host.show_message("No sample of this run is held out.")
        elif chosen.revealed:
            host.show_message("They are already revealed.")
        elif access := holdout_reveal.log_reveal(host, spec.subject.suite_name, spec.id):
            host.reveal(chosen.card.folder, access)

    def action_label(self) -> None:
        """Ask what is wrong with the sample, and keep that label beside the run."""
        from stack_tui.tui.results.label_dialog import LabelDialog

        if self.sample is None or self.chosen is None:
            return
        host, folder = host_of(self), self.chosen.card.folder

        def given(label: Label | None) -> None:
            if label:
                try:
                    labels.add(folder, label)
                except StackError as error:
                    host.show_error(error)
                host.reread()

        host.open(LabelDialog(self.sample, self.chosen.label(self.sample)), given)

    def action_make_case(self) -> None:
        if self.sample and self.chosen:
            self.post_message(self.MakeCase(self.sample, self.chosen.suite))

    def action_regrade(self) -> None:
        if self.chosen:
            self.post_message(self.Regrade(self.chosen.card))

    def action_edit_case(self) -> None:
        """Edit the sample's case, as its suite's file is now."""
        spec = self.chosen.card.spec if self.chosen else None
        if self.sample is None or spec is None or not isinstance(spec.subject, SuiteSubject):
            host_of(self).show_message("Only a suite's sample has a case to edit.")
        elif self.hidden:
            holdout_reveal.show_hint(host_of(self), "sample.holdout")
        else:
            self.post_message(self.EditCase(spec.subject.name, self.sample.id))

    def action_copy_output(self) -> None:
        if self.sample:
            host = host_of(self)
            host.copy_to_clipboard(self.sample.output or "\n\n".join(self.sample.outputs.values()))
            key = host.key_for("sample.write")
            host.show_message(f"Sent to the terminal's clipboard; {key} writes it to a file.")

    def action_write(self) -> None:
        """Write the sample, everything unfolded, to a file in the working folder."""
        if (sample := self.sample) is None:
            return
        name = slug(f"{sample.task}-{sample.id}")
        heat = "" if sample.temperature is None else f"-t{sample.temperature:g}"
        path = Path(file_name(f"sample-{name}{heat}-{sample.repeat + 1}", ".txt"))
        try:
            write_atomically(path, self.whole_text())
        except OSError as error:
            problem = f"cannot be written: {error.strerror}"
            host_of(self).show_error(StackError(problem, where=str(path)))
        else:
            host_of(self).show_message(f"Written to {path.resolve()}")
