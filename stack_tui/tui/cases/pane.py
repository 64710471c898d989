"""Pane 3: the suites and their cases, the one under the cursor told whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from stack_tui.names import plural
from stack_tui.text import fold_case
from stack_tui.tui import bindings
from stack_tui.tui.cases.case_keys import CaseKeys, ListedCase
from stack_tui.tui.cases.case_page import case_blocks, suite_blocks
from stack_tui.tui.holdout_reveal import sealed_case
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case


_COLUMNS = (
    Column("suite, case", 14, grow=2),
    Column("must mention", 10, grow=3),
    Column("rubric", 30, grow=3, optional=1),
)


class CasesPane(Pane, CaseKeys):
    """The suites of the cases folder, each with its cases under it."""

    NUMBER = 3
    TITLE = "Cases"

    BINDINGS = bindings.CASES

    def contents(self) -> Iterable[Widget]:
        yield Table(_COLUMNS)
        yield BlockView(classes="detail")

    def on_mount(self) -> None:
        self._suites: tuple[SuiteFile, ...] = ()
        self._entries: list[ListedCase] = []
        self._ready = False
        self._folded: set[Path] = set()
        self._revealed: set[Path] = set()
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
        self._list()

    def _list(self) -> None:
        self._entries = [
            (file, self._shown(file, case))
            for file in self._suites
            for case in (None, *(file.suite.cases if file.suite else ()))
        ]
        self.search()

    def _shown(self, file: SuiteFile, case: "Case | None") -> "Case | None":
        hidden = case and case.holdout and file.path not in self._revealed
        return sealed_case(case) if case and hidden else case

    def is_sealed(self, file: SuiteFile, case: "Case | None" = None) -> bool:
        """Say whether the case, or any of the suite's, is held out and not shown."""
        cases = (case,) if case else file.suite.cases if file.suite else ()
        return file.path not in self._revealed and any(each.holdout for each in cases)

    def reveal(self, file: SuiteFile) -> None:
        """Show the texts of the suite's held-out cases from now on."""
        self._revealed.add(file.path)
        self._list()

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        order = [
            place
            for place, entry in enumerate(self._entries)
            if (wanted in _words(entry) if wanted else self._unfolded(entry))
        ]
        self.table.show(order, self._row)
        self._show_detail()

    def _unfolded(self, entry: ListedCase) -> bool:
        return entry[1] is None or entry[0].path not in self._folded

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave cases in the order in which their suite has them."""
        return action not in ("sort", "reverse") and super().check_action(action, parameters)

    def _row(self, place: int) -> Row:
        file, case = self._entries[place]
        if case:
            ends = self._entries[place + 1 : place + 2]
            branch = "├" if ends and ends[0][1] else "└"
            if case.holdout:
                branch += " ⊘"
            phrases = (p if isinstance(p, str) else "/".join(p) for p in case.must_mention)
            return (
                Cell(f"{branch} {case.id}"),
                Cell(", ".join(phrases), "dim"),
                Cell(case.rubric, "dim"),
            )
        if file.suite:
            size = plural(len(file.suite.cases), "case")
            name = f"▸ {file.suite.name}" if file.path in self._folded else file.suite.name
            return Cell(name, "strong"), Cell(size, "accent"), Cell("")
        problem = file.problem.what if file.problem else ""
        return Cell(file.path.name, "bad"), Cell(f"✗ {problem}", "bad"), Cell("")

    @on(Table.Highlighted)
    def _show_detail(self) -> None:
        self.query_one(".detail", BlockView).show(self._blocks(), home=True)

    @on(Table.Selected)
    def _open(self) -> None:
        self.host.show_page(self._blocks)

    @property
    def entry(self) -> ListedCase | None:
        """The suite under the cursor, and the case where it is on one."""
        row = self.table.row
        return None if row is None else self._entries[row]

    def fold(self, file: SuiteFile) -> None:
        """Fold or unfold the suite, the cursor on its own row."""
        self._folded ^= {file.path}
        self.search()
        place = next(n for n, (each, _) in enumerate(self._entries) if each is file)
        self.table.go_to(self.table.order.index(place))

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
            line(("A suite is a TOML file of cases in ", "dim"), str(self.host.cases)),
            line(
                ("N", "accent"),
                (" writes one, ", "dim"),
                ("i", "accent"),
                (" imports cases.", "dim"),
            ),
        ]


def _words(entry: ListedCase) -> str:
    file, case = entry
    if case is None:
        return fold_case(f"{file.path.name} {file.suite.name if file.suite else ''}")
    return fold_case(f"{case.id} {case.rubric} {case.must_mention} {case.input}")
