"""Pane 2: the runs, newest first, and how the chosen one goes."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from stack_tui.runs.store import Phase
from stack_tui.text import fold_case
from stack_tui.tui import run_actions
from stack_tui.tui.documents.run import run_blocks
from stack_tui.tui.prose import Block, line
from stack_tui.tui.snapshot import RunCard, Snapshot
from stack_tui.tui.widgets.document import Document
from stack_tui.tui.widgets.pane import Pane
from stack_tui.tui.widgets.rows import Heading, Row
from stack_tui.tui.widgets.run_rows import RUN_COLUMNS, RUN_KEYS, run_row, words_of
from stack_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from stack_tui.tui.app import StackApp


class RunsPane(Pane):
    """All runs; the one under the cursor is the one whose samples Results shows."""

    NUMBER = 2
    TITLE = "Runs"
    SPLIT_AT = 150

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "stop", "Stop", id="runs.stop", tooltip="Stop the run; r resumes it"),
        Binding("r", "resume", "Resume", id="runs.resume", tooltip="Ask for what is missing"),
        Binding(
            "space,p", "pause", "Pause", key_display="p", id="runs.pause", tooltip="Pause or go on"
        ),
        Binding(
            "l", "limit", "Limit", show=False, id="runs.limit", tooltip="Change requests at once"
        ),
        Binding(
            "a",
            "again",
            "Grade again",
            show=False,
            id="runs.again",
            tooltip="Grade or judge its outputs again; the model is not asked",
        ),
        Binding("m", "mark", "Mark", show=False, id="runs.mark", tooltip="Mark as the baseline"),
        Binding(
            "c",
            "compare",
            "Compare",
            id="runs.compare",
            tooltip="Compare with the marked run, else with the one before it",
        ),
        Binding(
            "d",
            "duel",
            "Duel",
            show=False,
            id="runs.duel",
            tooltip="Have judges say whether it or the marked run did better",
        ),
    ]

    class Opened(Message):
        """Enter was pressed on a run: its results are wanted."""

    def contents(self) -> Iterable[Widget]:
        yield Table(RUN_COLUMNS)
        yield Document(classes="detail")

    def on_mount(self) -> None:
        self._runs: tuple[RunCard, ...] = ()
        self._ready = False
        self._phase: Phase | None = None
        self._baseline: Path | None = None
        self.watch(self.app, "snapshot", self.show)

    @property
    def current(self) -> RunCard | None:
        """The run under the cursor."""
        row = self.table.row
        return None if row is None else self._runs[row]

    def show(self, snapshot: Snapshot) -> None:
        """Show these runs, the cursor on the one that the app has chosen."""
        self._runs, self._ready = snapshot.runs, snapshot.ready
        self.search()

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        matching = [place for place, card in enumerate(self._runs) if wanted in words_of(card)]
        order = self.in_order(matching, self._runs, RUN_KEYS)
        chosen = next(
            (place for place in order if self._runs[place].folder == self.stack.chosen), None
        )
        self.table.show(order, self._row, row=chosen, heading=Heading("", self.sorted_by))
        self._show_detail()

    def _row(self, place: int) -> Row:
        card = self._runs[place]
        return run_row(card, marked=card.folder == self._baseline)

    @on(Table.Highlighted)
    def _choose(self) -> None:
        if card := self.current:
            self.stack.choose(card.folder)
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
        self.query_one(".detail", Document).show(run_blocks(card) if card else self._empty())

    def _empty(self) -> list[Block]:
        if self.wanted:
            return [line("No run matches; escape shows all.")]
        if not self._ready:
            return [line(("reading…", "dim"))]
        return [
            line("No run yet."),
            line(""),
            line(("n", "accent"), " starts one: a suite of cases on an endpoint."),
        ]

    def action_stop(self) -> None:
        self._with_current(run_actions.stop)

    def action_resume(self) -> None:
        self._with_current(run_actions.resume)

    def action_pause(self) -> None:
        self._with_current(run_actions.pause_or_proceed)

    def action_limit(self) -> None:
        self._with_current(run_actions.ask_limit)

    def action_again(self) -> None:
        self._with_current(run_actions.grade_again)

    def action_compare(self) -> None:
        self._with_current(lambda stack, card: run_actions.compare(stack, card, self._baseline))

    def action_duel(self) -> None:
        self._with_current(lambda stack, card: run_actions.duel(stack, card, self._baseline))

    def action_mark(self) -> None:
        """Make the run under the cursor the baseline of comparisons, or no longer."""
        if card := self.current:
            self._baseline = None if self._baseline == card.folder else card.folder
            self.search()

    def _with_current(self, action: Callable[["StackApp", RunCard], None]) -> None:
        if card := self.current:
            action(self.stack, card)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the run under the cursor cannot do."""
        card = self.current if self.is_mounted else None
        if action in ("stop", "pause", "limit"):
            return True if card and card.active else None
        if action == "resume":
            resumable = ("stopped", "interrupted", "errors", "failed")
            return True if card and not card.problem and card.phase in resumable else None
        return super().check_action(action, parameters)
