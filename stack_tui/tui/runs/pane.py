"""Pane 2: the runs, newest first, and the progress of the chosen one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.message import Message
from textual.widget import Widget

from stack_tui.runs.store import Phase
from stack_tui.text import fold_case
from stack_tui.tui import bindings
from stack_tui.tui.runs import actions
from stack_tui.tui.runs.rows import RUN_COLUMNS, RUN_KEYS, run_row, words_of
from stack_tui.tui.runs.run_page import run_blocks
from stack_tui.tui.state.snapshot import RunCard, Snapshot
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.rows import HeadingRow, Row
from stack_tui.tui.ui.table import Table


class RunsPane(Pane):
    """Lists all runs; Results shows the samples of the selected one."""

    NUMBER = 2
    TITLE = "Runs"
    SPLIT_AT = 150

    BINDINGS = bindings.RUNS

    @dataclass
    class Opened(Message):
        """Asks for the results of the chosen run, or of one `task` of it."""

        task: str = ""

    def contents(self) -> Iterable[Widget]:
        yield Table(RUN_COLUMNS)
        yield BlockView(classes="detail")

    def on_mount(self) -> None:
        self._runs: tuple[RunCard, ...] = ()
        self._ready = False
        self._phase: Phase | None = None
        self._baseline: Path | None = None
        self._findings: dict[Path, set[tuple[str, str]]] = {}
        self.watch(self.app, "snapshot", self.show)

    @property
    def current(self) -> RunCard | None:
        """The run under the cursor."""
        row = self.table.row
        return None if row is None else self._runs[row]

    def show(self, snapshot: Snapshot) -> None:
        """Show these runs, the cursor on the one that the app has chosen."""
        self._runs, self._ready = snapshot.runs, snapshot.ready
        self._show_findings(snapshot.active)
        self.search()

    def _show_findings(self, active: Sequence[RunCard]) -> None:
        """Show what checks found since the run was first seen."""
        for card in active:
            found = {(each.task, each.check): each for each in card.findings}
            known = self._findings.get(card.folder, set(found))
            self._findings[card.folder] = set(found)
            for place in found.keys() - known:
                finding = found[place]
                self.host.show_message(f"{finding.level}: {finding.task}: {finding.seen}")

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        matching = [place for place, card in enumerate(self._runs) if wanted in words_of(card)]
        order = self.in_order(matching, self._runs, RUN_KEYS)
        chosen = next(
            (place for place in order if self._runs[place].folder == self.host.chosen), None
        )
        self.table.show(order, self._row, row=chosen, heading=HeadingRow("", self.sorted_by))
        self._show_detail()

    def _row(self, place: int) -> Row:
        card = self._runs[place]
        return run_row(card, marked=card.folder == self._baseline)

    @on(Table.Highlighted)
    def _choose(self) -> None:
        if card := self.current:
            self.host.choose(card.folder)
        self._show_detail()

    @on(Table.Selected)
    def _look_at_results(self) -> None:
        self.post_message(self.Opened())

    def _show_detail(self) -> None:
        card = self.current
        phase = card.phase if card else None
        if phase != self._phase:
            self._phase = phase
            self.refresh_bindings()
        blocks = run_blocks(card, self.host.key_for("runs.resume")) if card else self._empty()
        self.query_one(".detail", BlockView).show(blocks)

    def _empty(self) -> list[Block]:
        if self.wanted:
            return [line("No run matches. Press escape to show all.")]
        if not self._ready:
            return [line(("reading…", "dim"))]
        key = self.host.key_for("new_run")
        return [
            line("No run yet."),
            line(""),
            line((key, "accent"), " runs a suite of cases on an endpoint."),
        ]

    def action_view(self) -> None:
        """Show the selected run on the whole screen, and then the samples chosen there."""
        from stack_tui.tui.runs.run_screen import RunScreen

        def back(task: str | None) -> None:
            if task is not None:
                self.post_message(self.Opened(task))

        if self.current:
            self.app.push_screen(RunScreen(), back)

    def action_run(self, name: str) -> None:
        """Do what `name` says with the run under the cursor."""
        if card := self.current:
            actions.ACTIONS[name](self.host, card)

    def action_compare(self) -> None:
        if card := self.current:
            actions.compare(self.host, card, self._baseline)

    def action_duel(self) -> None:
        if card := self.current:
            actions.duel(self.host, card, self._baseline)

    def action_mark(self) -> None:
        """Toggle the selected run as the baseline of comparisons."""
        if card := self.current:
            self._baseline = None if self._baseline == card.folder else card.folder
            self.search()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the selected run does not allow."""
        card = self.current if self.is_mounted else None
        return actions.allowed(action, parameters, card) and super().check_action(
            action, parameters
        )
