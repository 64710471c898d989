"""Pane 2: the runs, newest first, and how the chosen one goes."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from stack_tui.runs.store import Phase
from stack_tui.text import fold_case
from stack_tui.tui import actions, figures
from stack_tui.tui.documents.run import model_of, run_blocks, score, tally
from stack_tui.tui.prose import Block, line
from stack_tui.tui.signs import PHASES, UNREADABLE
from stack_tui.tui.snapshot import RunCard, Snapshot
from stack_tui.tui.widgets.columns import Column
from stack_tui.tui.widgets.document import Document
from stack_tui.tui.widgets.pane import Pane, SortKey, known
from stack_tui.tui.widgets.rows import Cell, Heading, Row
from stack_tui.tui.widgets.table import Table

_COLUMNS = (
    Column("state", 13),
    Column("run", 6, grow=3),
    Column("model", 7, grow=2),
    Column("done", 11, right=True, optional=2),
    Column("score", 5, right=True),
    Column("rules", 5, right=True, optional=3),
    Column("judge", 5, right=True, optional=4),
    Column("errors", 6, right=True, optional=5),
    Column("began", 12, optional=1),
)

_KEYS: tuple[Callable[[RunCard], SortKey], ...] = (
    lambda card: (card.phase,),
    lambda card: (card.spec.subject if card.spec else "", card.id),
    lambda card: (model_of(card), card.id),
    lambda card: (card.counts.done,),
    lambda card: known(card.counts.pass_rate),
    lambda card: known(card.summary.rule_avg if card.summary else None),
    lambda card: known(card.summary.judge_avg if card.summary else None),
    lambda card: (card.counts.errors,),
    lambda card: (card.spec.created if card.spec else "", card.id),
)


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
    ]

    class Opened(Message):
        """Enter was pressed on a run: its results are wanted."""

    def contents(self) -> Iterable[Widget]:
        yield Table(_COLUMNS)
        yield Document(classes="detail")

    def on_mount(self) -> None:
        self._runs: tuple[RunCard, ...] = ()
        self._ready = False
        self._phase: Phase | None = None
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
        matching = [place for place, card in enumerate(self._runs) if wanted in _words(card)]
        order = self.in_order(matching, self._runs, _KEYS)
        chosen = next(
            (place for place in order if self._runs[place].folder == self.stack.chosen), None
        )
        self.table.show(order, self._row, row=chosen, heading=Heading("", self.sorted_by))
        self._show_detail()

    def _row(self, place: int) -> Row:
        card = self._runs[place]
        if card.problem:
            return (Cell(str(UNREADABLE), "bad"), Cell(card.id), *[Cell("")] * 7)
        if not card.loaded or card.spec is None:
            return (Cell("… reading", "dim"), Cell(card.id, "dim"), *[Cell("")] * 7)
        sign, counts, summary = PHASES[card.phase], card.counts, card.summary
        return (
            Cell(str(sign), sign.tone),
            Cell(card.spec.subject),
            Cell(model_of(card), "dim"),
            Cell(tally(counts)),
            Cell(score(card)),
            Cell(figures.share(summary.rule_avg if summary else None)),
            Cell(figures.grade(summary.judge_avg if summary else None)),
            Cell(figures.count(counts.errors), "bad" if counts.errors else "dim"),
            Cell(figures.moment(card.spec.created), "dim"),
        )

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
        self._ask("stopping", actions.stop, "stops after what is in flight; r resumes it")

    def action_resume(self) -> None:
        self._ask("resuming", actions.resume, "goes on with what is missing")

    def action_pause(self) -> None:
        if self.current and self.current.phase == "paused":
            self._ask("resuming", actions.proceed, "goes on")
        else:
            self._ask("pausing", actions.pause, "pauses; p goes on")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the run under the cursor cannot do."""
        card = self.current if self.is_mounted else None
        if action in ("stop", "pause"):
            return True if card and card.active else None
        if action == "resume":
            resumable = ("stopped", "interrupted", "errors", "failed")
            return True if card and not card.problem and card.phase in resumable else None
        return super().check_action(action, parameters)

    def _ask(self, doing: str, action: Callable[[Path], None], outcome: str) -> None:
        if card := self.current:
            folder, name = card.folder, card.id
            self.stack.do(f"{doing} {name}", lambda: action(folder), lambda _: f"{name} {outcome}")


def _words(card: RunCard) -> str:
    model = card.spec.endpoint.model or "" if card.spec else ""
    return fold_case(f"{card.id} {model} {card.phase} {card.spec.note if card.spec else ''}")
