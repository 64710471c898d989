"""One run on the whole screen: its progress task by task, and its pass rate so far."""

from __future__ import annotations

import time

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from stack_tui.runs.store import Phase
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.run_summary import tally, task_score
from stack_tui.tui.runs import actions
from stack_tui.tui.runs.run_page import course_blocks, head_blocks
from stack_tui.tui.runs.task_tree import Branch, BranchPath, task_tree
from stack_tui.tui.state.snapshot import ChosenRun, RunCard
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.icons import Tone
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table

_LEAST, _MOST = 5, 16
_BESIDES_PLOT = 7
_CALM_S = 5.0  # over SSH, a screen full of changing rows costs kilobytes

_COLUMNS = (
    Column("task", 16, grow=3),
    Column("progress", 8, optional=2),
    Column("done", 13, right=True),
    Column("score", 5, right=True),
    Column("95 %", 10),
    Column("err", 3, right=True),
    Column("trunc", 5, right=True, optional=1),
)
_BAR = 8


class RunScreen(Screen[str | None]):
    """Shows the chosen run live; returns the task whose samples to show, "" for all, or None."""

    CSS_PATH = "run_screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "Table, .course"

    BINDINGS = bindings.RUN_SCREEN

    def __init__(self) -> None:
        super().__init__()
        self._branches: list[Branch] = []
        self._folded: set[BranchPath] = set()
        self._phase: Phase | None = None
        self._seen: object = None
        self._shown_at = 0.0

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield BlockView(classes="head")
        with Container(classes="body"):
            yield Table(_COLUMNS)
            yield BlockView(classes="course")
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.app, "snapshot", self._show)

    @property
    def current(self) -> RunCard | None:
        """The run that is shown."""
        chosen = host_of(self).snapshot.chosen
        return chosen.card if chosen else None

    def _show(self) -> None:
        chosen = host_of(self).snapshot.chosen
        if chosen is None:
            self.dismiss(None)
            return
        self.query_one(".head", BlockView).show(
            head_blocks(chosen.card, host_of(self).key_for("runs.resume"))
        )
        if chosen.card.phase != self._phase:
            self._phase = chosen.card.phase
            self.refresh_bindings()
        room = self.query_one(".course").size
        seen = (chosen.card.folder, chosen.card.phase, len(chosen.card.tasks), room)
        if seen != self._seen or time.monotonic() - self._shown_at >= _CALM_S:
            self._seen, self._shown_at = seen, time.monotonic()
            self._show_tasks(chosen)

    def _show_tasks(self, chosen: ChosenRun) -> None:
        card = chosen.card
        self._branches = task_tree(card.tasks, self._folded, card.recorded, card.means)
        several = len(chosen.card.tasks) > 1
        table, course = self.query_one(Table), self.query_one(".course", BlockView)
        if table.display != several:
            table.display = several
        if not several and self.focused is table:
            self.set_focus(course)
        table.show(range(len(self._branches)), lambda place: _task_row(self._branches[place]))
        height = min(max(course.size.height - _BESIDES_PLOT, _LEAST), _MOST)
        course.show(course_blocks(chosen, height))

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    @on(Table.Selected)
    def action_open(self) -> None:
        """Fold or unfold the selected group, or return the selected task."""
        row = self.query_one(Table).row
        if not self.query_one(Table).display or row is None:
            self.dismiss("")
            return
        branch = self._branches[row]
        if branch.group:
            self._folded ^= {branch.path}
            self._shown_at = 0.0
            self._show()
        else:
            self.dismiss(branch.name)

    def action_run(self, name: str) -> None:
        """Do what `name` says with the run that is shown."""
        if card := self.current:
            actions.ACTIONS[name](host_of(self), card)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the run does not allow."""
        return actions.allowed(action, parameters, self.current)


def _task_row(branch: Branch) -> Row:
    """Return the cells for _COLUMNS."""
    counts = branch.counts
    depth = len(branch.path) - 1
    line = "│ " * (depth - 1) + "├ " if depth else ""
    sign = ("▸ " if branch.folded else "▾ ") if branch.group else ""
    score, interval = task_score(counts, branch.record, branch.mean)
    full = int((counts.share or 0.0) * _BAR + 1e-9)
    return (
        Cell(f"{line}{sign}{branch.label}", "strong" if sign else ""),
        Cell("━" * full + "─" * (_BAR - full), "accent" if full else "dim"),
        Cell(tally(counts), "dim"),
        Cell(score),
        Cell(interval, "dim"),
        _trouble(counts.errors, "bad"),
        _trouble(counts.truncated, "warn"),
    )


def _trouble(number: int, tone: Tone) -> Cell:
    return Cell(f"{number:,}", tone if number else "dim")
