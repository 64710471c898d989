"""One run on the whole screen: how it goes, task by task, and its course."""

from __future__ import annotations

import time

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from stack_tui.runs.store import Phase
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.run_keys import RunKeys, allowed
from stack_tui.tui.runs.run_page import course_blocks, head_blocks
from stack_tui.tui.runs.task_rows import TASK_COLUMNS, task_row
from stack_tui.tui.runs.task_tree import Branch, BranchPath, task_tree
from stack_tui.tui.state.snapshot import ChosenRun, RunCard
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.rows import Row
from stack_tui.tui.ui.table import Table

_LEAST, _MOST = 5, 16
_BESIDES_PLOT = 7
_CALM_S = 5.0  # over SSH, a screen of rows that all change is kilobytes


class RunScreen(Screen[str | None], RunKeys):
    """Shows the chosen run as it goes on; gives the task whose samples are wanted, if any."""

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
            yield Table(TASK_COLUMNS)
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
        self.query_one(".head", BlockView).show(head_blocks(chosen.card))
        if chosen.card.phase != self._phase:
            self._phase = chosen.card.phase
            self.refresh_bindings()
        room = self.query_one(".course").size
        seen = (chosen.card.folder, chosen.card.phase, len(chosen.card.tasks), room)
        if seen != self._seen or time.monotonic() - self._shown_at >= _CALM_S:
            self._seen, self._shown_at = seen, time.monotonic()
            self._show_tasks(chosen)

    def _show_tasks(self, chosen: ChosenRun) -> None:
        self._branches = task_tree(chosen.card.tasks, self._folded)
        several = len(chosen.card.tasks) > 1
        table, course = self.query_one(Table), self.query_one(".course", BlockView)
        if table.display != several:
            table.display = several
        if not several and self.focused is table:
            self.set_focus(course)
        table.show(range(len(self._branches)), self._row)
        height = min(max(course.size.height - _BESIDES_PLOT, _LEAST), _MOST)
        course.show(course_blocks(chosen, height))

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _row(self, place: int) -> Row:
        return task_row(self._branches[place])

    @on(Table.Selected)
    def action_open(self) -> None:
        """Fold or unfold the group under the cursor, or give the task."""
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the run cannot do."""
        return allowed(action, self.current)
