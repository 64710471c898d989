"""The form that starts a duel of two runs."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from stack_tui.config.decode import Endpoint
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.endpoint_options import judge_options
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.tui.ui.dialogs import start_or_cancel
from stack_tui.worker.requests import DuelRun


class NewDuel(ModalScreen[DuelRun | None]):
    """Asks who judges a duel; the result is the request, None if cancelled."""

    CSS_PATH = "../ui/form.tcss"
    AUTO_FOCUS = "#judges"

    BINDINGS = bindings.START_FORM

    def __init__(
        self,
        runs: Sequence[RunCard],
        judges: Sequence[Endpoint],
        endpoints: Sequence[EndpointView],
    ) -> None:
        super().__init__()
        self._runs = runs
        self._names, self._judges = judge_options(judges, endpoints)
        self._suggested = range(len(judges))

    def compose(self) -> ComposeResult:
        key = host_of(self).key_for("list.tick")
        with Vertical(classes="form") as form:
            form.border_title = "New duel"
            for letter, card in zip("ab", self._runs, strict=True):
                with Horizontal():
                    yield Label(f"Run {letter}")
                    yield Label(one_line(card.id, 60), markup=False)
            with Horizontal():
                yield Label("Judges")
                yield CheckList(
                    self._names, f"{key} ticks; each judges in both orders", id="judges"
                )
            yield Label("", id="problem", markup=False)
            yield from start_or_cancel(self)

    def on_mount(self) -> None:
        self.query_one(CheckList).tick(self._suggested)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        ticked = sorted(self.query_one(CheckList).ticked)
        if not ticked:
            self.query_one("#problem", Label).update("Tick at least one judge.")
            return
        self.dismiss(
            DuelRun(
                runs=tuple(card.folder for card in self._runs),
                judges=tuple(self._judges[place] for place in ticked),
            )
        )
