"""Pane 3: the suites and their cases, the one under the cursor told whole."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from stack_tui.text import fold_case
from stack_tui.tui import case_actions, figures, suite_actions
from stack_tui.tui.case_actions import Undo
from stack_tui.tui.documents.case import case_blocks, suite_blocks
from stack_tui.tui.editor import open_in_editor
from stack_tui.tui.prose import Block, line
from stack_tui.tui.snapshot import Snapshot, SuiteFile
from stack_tui.tui.widgets.columns import Column
from stack_tui.tui.widgets.document import Document
from stack_tui.tui.widgets.pane import Pane
from stack_tui.tui.widgets.rows import Cell, Row
from stack_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from stack_tui.suites.case import Case

Entry = tuple[SuiteFile, "Case | None"]

_COLUMNS = (
    Column("suite, case", 14, grow=2),
    Column("must mention", 10, grow=3),
    Column("rubric", 30, grow=3, optional=1),
)


class CasesPane(Pane):
    """The suites of the cases folder, each with its cases under it."""

    NUMBER = 3
    TITLE = "Cases"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="cases.edit", tooltip="Edit the case"),
        Binding("R", "raw", "TOML", show=False, id="cases.raw", tooltip="Edit the suite as TOML"),
        Binding("a", "add", "Add", id="cases.add", tooltip="Add a case to the suite"),
        Binding("d", "duplicate", "Duplicate", show=False, id="cases.duplicate"),
        Binding("D", "delete", "Delete", show=False, id="cases.delete"),
        Binding("J", "move(1)", "Move down", show=False, id="cases.down"),
        Binding("K", "move(-1)", "Move up", show=False, id="cases.up"),
        Binding("u", "undo", "Undo", id="cases.undo", tooltip="Take the last change back"),
        Binding(
            "E",
            "editor",
            "$EDITOR",
            show=False,
            id="cases.editor",
            tooltip="Open the suite in $EDITOR",
        ),
    ]

    def contents(self) -> Iterable[Widget]:
        yield Table(_COLUMNS)
        yield Document(classes="detail")

    def on_mount(self) -> None:
        self._suites: tuple[SuiteFile, ...] = ()
        self._entries: list[Entry] = []
        self._ready = False
        self._undo: Undo | None = None
        self.watch(self.app, "snapshot", self.show)

    @property
    def suite(self) -> Path | None:
        """The file of the suite under the cursor."""
        row = self.table.row
        return None if row is None else self._entries[row][0].path

    def show(self, snapshot: Snapshot) -> None:
        """Show these suites."""
        if snapshot.suites is self._suites and snapshot.ready == self._ready:
            return
        self._suites, self._ready = snapshot.suites, snapshot.ready
        self._entries = [
            (file, case)
            for file in self._suites
            for case in (None, *(file.suite.cases if file.suite else ()))
        ]
        self.search()

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        order = [place for place, entry in enumerate(self._entries) if wanted in _words(entry)]
        self.table.show(order, self._row)
        self._show_detail()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave cases in the order in which their suite has them."""
        return action not in ("sort", "reverse") and super().check_action(action, parameters)

    def _row(self, place: int) -> Row:
        file, case = self._entries[place]
        if case:
            ends = self._entries[place + 1 : place + 2]
            branch = "├" if ends and ends[0][1] else "└"
            phrases = (p if isinstance(p, str) else "/".join(p) for p in case.must_mention)
            return (
                Cell(f"{branch} {case.id}"),
                Cell(", ".join(phrases), "dim"),
                Cell(case.rubric, "dim"),
            )
        if file.suite:
            size = figures.plural(len(file.suite.cases), "case")
            return Cell(file.suite.name, "strong"), Cell(size, "accent"), Cell("")
        problem = file.problem.what if file.problem else ""
        return Cell(file.path.name, "bad"), Cell(f"✗ {problem}", "bad"), Cell("")

    @on(Table.Highlighted)
    def _show_detail(self) -> None:
        self.query_one(".detail", Document).show(self._blocks(), home=True)

    @on(Table.Selected)
    def _open(self) -> None:
        self.stack.read_on(self._blocks)

    @property
    def _entry(self) -> Entry | None:
        row = self.table.row
        return None if row is None else self._entries[row]

    def action_edit(self) -> None:
        if entry := self._entry:
            suite_actions.edit(self.stack, *entry, self._changed)

    def action_raw(self) -> None:
        if entry := self._entry:
            case_id = entry[1].id if entry[1] else ""
            suite_actions.edit_raw(self.stack, entry[0].path, self._changed, case_id)

    def action_add(self) -> None:
        if entry := self._entry:
            suite_actions.add(self.stack, entry[0], self._changed)

    def action_duplicate(self) -> None:
        self._change(case_actions.duplicate)

    def action_delete(self) -> None:
        self._change(case_actions.delete)

    def action_move(self, rows: int) -> None:
        self._change(lambda path, case_id: case_actions.move(path, case_id, rows))

    def _change(self, change: Callable[[Path, str], Undo]) -> None:
        entry = self._entry
        if entry and (case := entry[1]):
            path = entry[0].path
            suite_actions.change(self.stack, self._changed, lambda: change(path, case.id))

    def action_undo(self) -> None:
        """Take the last change back, if the file is still what it left."""
        if undo := self._undo:
            suite_actions.change(self.stack, self._changed, lambda: case_actions.take_back(undo))
        else:
            self.stack.tell("Nothing to take back.")

    def _changed(self, undo: Undo | None) -> None:
        if undo:
            self._undo = undo
            self.stack.tell(f"{undo.what}; u takes it back")
            self.stack.look_again()

    def action_editor(self) -> None:
        """Open the suite's file in $EDITOR, and read it again after."""
        if entry := self._entry:
            open_in_editor(self.stack, entry[0].path)
            self.stack.look_again()

    def _blocks(self) -> list[Block]:
        row = self.table.row
        if row is not None:
            file, case = self._entries[row]
            return case_blocks(case) if case else suite_blocks(file)
        if self.wanted:
            return [line("No case matches; escape shows all.")]
        if not self._ready:
            return [line(("reading…", "dim"))]
        return [
            line("No suite yet."),
            line(""),
            line(("A suite is a TOML file of cases in ", "dim"), str(self.stack.cases)),
        ]


def _words(entry: Entry) -> str:
    file, case = entry
    if case is None:
        return fold_case(f"{file.path.name} {file.suite.name if file.suite else ''}")
    return fold_case(f"{case.id} {case.rubric} {case.must_mention} {case.input}")
