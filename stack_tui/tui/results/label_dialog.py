"""The dialog in which you label a sample."""

from __future__ import annotations

import time

from textual import widgets
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen

from stack_tui.runs.events import Sample
from stack_tui.runs.labels import LABEL_KINDS, Label, LabelKind, whoever
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.ui.safe_input import SafeInput


class LabelDialog(ModalScreen[Label | None]):
    """Return the label that was chosen, with the note and the judge score typed beside it."""

    CSS_PATH = "../ui/form.tcss"
    AUTO_FOCUS = ""

    BINDINGS = bindings.LABEL_DIALOG

    def __init__(self, sample: Sample, before: Label | None) -> None:
        super().__init__()
        self._sample = sample
        self._before = before

    def compose(self) -> ComposeResult:
        before = self._before
        with Vertical(classes="form") as form:
            form.border_title = Content(f"Label {one_line(self._sample.name)}")
            for number, kind in enumerate(LABEL_KINDS, 1):
                here = "  (now)" if before and before.kind == kind else ""
                yield widgets.Label(f"{number}  {kind}{here}", markup=False)
            yield widgets.Label("0  no label", markup=False)
            yield widgets.Label("")
            note = SafeInput(before.note if before else "", id="note", compact=True)
            yield Horizontal(widgets.Label("Note"), note)
            score = before.judge_score if before else None
            judge = widgets.Input(
                f"{score:g}" if score else "",
                placeholder="the right judge score, 1 to 5",
                type="number",
                id="judge",
                compact=True,
            )
            yield Horizontal(widgets.Label("Judge"), judge)
            yield widgets.Label(
                "tab to type, enter to return to the keys", classes="hint", markup=False
            )
            yield widgets.Label("", id="problem", markup=False)

    def on_input_submitted(self) -> None:
        """Let the keys choose a label instead of typing."""
        self.set_focus(None)

    def action_label(self, kind: str) -> None:
        """Return a label of that kind; an empty kind removes the label."""
        score = self._judge_score()
        if score is not None and not 1 <= score <= 5:
            self.query_one("#problem", widgets.Label).update("The judge score must be from 1 to 5.")
            return
        chosen: LabelKind | None = next((each for each in LABEL_KINDS if each == kind), None)
        sample = self._sample
        self.dismiss(
            Label(
                at=time.time(),
                who=whoever(),
                task=sample.task,
                id=sample.id,
                repeat=sample.repeat,
                temperature=sample.temperature,
                kind=chosen,
                note=self.query_one("#note", widgets.Input).value.strip(),
                judge_score=score,
            )
        )

    def _judge_score(self) -> float | None:
        text = self.query_one("#judge", widgets.Input).value
        try:
            return float(text) if text else None
        except ValueError:
            return 0.0
