"""The form that starts a duel of two runs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from stack_tui.config.decode import Endpoint
from stack_tui.text import one_line
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.start_form import JudgeList, StartForm
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.worker.requests import DuelRun


class NewDuel(StartForm[DuelRun]):
    """Ask who judges a duel of the two runs."""

    AUTO_FOCUS = "JudgeList"
    HEADING = "New duel"
    missing = ""  # its judges may be endpoints that only the runs know

    def __init__(
        self,
        runs: Sequence[RunCard],
        judges: Sequence[Endpoint],
        endpoints: Sequence[EndpointView],
    ) -> None:
        super().__init__(endpoints)
        self._runs = runs
        self._judges = judges

    def fields(self) -> ComposeResult:
        for letter, card in zip("ab", self._runs, strict=True):
            yield Horizontal(Label(f"Run {letter}"), Label(one_line(card.id, 60), markup=False))
        title = f"{host_of(self).key_for('list.tick')} ticks; each judges in both orders"
        yield Horizontal(Label("Judges"), JudgeList(self._judges, self.endpoints, title))
        yield Label("", id="problem", markup=False)

    def action_start(self) -> None:
        if judges := self.query_one(JudgeList).judges:
            self.dismiss(DuelRun(runs=tuple(card.folder for card in self._runs), judges=judges))
        else:
            self.query_one("#problem", Label).update("Tick at least one judge.")
