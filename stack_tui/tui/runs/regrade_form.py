"""The form that re-grades a run's recorded outputs."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from stack_tui.config.decode import PanelMethod
from stack_tui.runs.spec import RunSpec
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.run_summary import title
from stack_tui.tui.runs.start_form import JudgeList
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.worker.requests import Regrade


class RegradeForm(ModalScreen[Regrade | None]):
    """Asks how to re-grade a run's outputs; the result is the request, None if cancelled."""

    CSS_PATH = "../ui/form.tcss"
    AUTO_FOCUS = "JudgeList"

    BINDINGS = bindings.REGRADE_FORM

    def __init__(
        self, card: RunCard, spec: RunSpec, suite: Path | None, endpoints: Sequence[EndpointView]
    ) -> None:
        super().__init__()
        self._card = card
        self._suite = suite
        self._panel = spec.panel
        self._judges = spec.judges
        self._endpoints = endpoints

    def compose(self) -> ComposeResult:
        key_for = host_of(self).key_for
        rules, judges = key_for("again.rules"), key_for("again.judges")
        with Vertical(classes="form") as form:
            form.border_title = Content(f"Re-grade {title(self._card)}")
            yield Label("Grades the recorded outputs by the current suite file, as a new run.")
            yield Label("The model is not called.")
            yield Label("")
            yield Label(f"{rules}  by the rules; judges only if a rubric changed", markup=False)
            yield Label(f"{judges}  by the rules, and re-judged by:", markup=False)
            ticks = f"{key_for('list.tick')} ticks"
            yield Horizontal(JudgeList(self._judges, self._endpoints, ticks))
            yield Label(self._panel_line, id="panel", markup=False)
            yield Label("", id="problem", markup=False)

    @property
    def _panel_line(self) -> str:
        key = host_of(self).key_for("again.panel")
        return f"{key}  combine the judges' scores by their {self._panel}"

    def action_panel(self) -> None:
        """Switch to the next way to combine scores."""
        ways: tuple[PanelMethod, ...] = get_args(PanelMethod)
        self._panel = ways[(ways.index(self._panel) + 1) % len(ways)]
        self.query_one("#panel", Label).update(self._panel_line)

    def action_rules(self) -> None:
        self.dismiss(
            Regrade(run=self._card.folder, by="rules", panel=self._panel, suite=self._suite)
        )

    def action_judges(self) -> None:
        if not (judges := self.query_one(JudgeList).judges):
            self.query_one("#problem", Label).update("Tick a judge first.")
            return
        run, panel, suite = self._card.folder, self._panel, self._suite
        self.dismiss(Regrade(run=run, by="judges", judges=judges, panel=panel, suite=suite))
