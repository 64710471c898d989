"""Pane 3: the suites and their cases, with the one under the cursor in full."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.widget import Widget

from stack_tui.names import plural
from stack_tui.runs.events import Sample, SampleKey
from stack_tui.text import fold_case
from stack_tui.tui import bindings, holdout_reveal
from stack_tui.tui.cases import actions, case_changes, import_export_actions
from stack_tui.tui.cases.case_page import case_blocks, suite_blocks
from stack_tui.tui.cases.preview import latest_outcome
from stack_tui.tui.holdout_reveal import redacted_case
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.external_editor import open_in_editor
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case, Suite

ListedCase = tuple[SuiteFile, "Case | None"]
"""A row of the list: a suite, or one of its cases."""

_COLUMNS = (
    Column("suite, case", 14, grow=2),
    Column("must mention", 10, grow=3),
    Column("rubric", 30, grow=3, optional=1),
)


class CasesPane(Pane):
    """The suites of the cases folder, each with its cases under it."""

    NUMBER = 3
    TITLE = "Cases"

    BINDINGS = bindings.CASES

    @dataclass
    class ShowSample(Message):
        """Show that sample of the run in that folder."""

        folder: Path
        key: SampleKey

    def contents(self) -> Iterable[Widget]:
        yield Table(_COLUMNS)
        yield BlockView(classes="detail")

    def on_mount(self) -> None:
        self._suites: tuple[SuiteFile, ...] = ()
        self._entries: list[ListedCase] = []
        self._ready = False
        self._folded: set[Path] = set()
        self._revealed: set[Path] = set()
        self._undo: Undo | None = None
        self.watch(self.app, "snapshot", self.show)

    @property
    def suite(self) -> Path | None:
        """The file of the suite under the cursor."""
        return self.current[0].path if self.current else None

    @property
    def current(self) -> ListedCase | None:
        """The suite under the cursor, and the case if the cursor is on one."""
        row = self.table.row
        return None if row is None else self._entries[row]

    def show(self, snapshot: Snapshot) -> None:
        """Show these suites."""
        if snapshot.suites is self._suites and snapshot.ready == self._ready:
            return
        self._suites, self._ready = snapshot.suites, snapshot.ready
        self._list()

    def _list(self) -> None:
        self._entries = [
            (file, redacted_case(case) if case and self._is_hidden(file, case) else case)
            for file in self._suites
            for case in (None, *(file.suite.cases if file.suite else ()))
        ]
        self.search()

    def _is_hidden(self, file: SuiteFile, case: "Case | None" = None) -> bool:
        """Return whether the case, or any of the suite's, is held out and not revealed."""
        cases = (case,) if case else file.suite.cases if file.suite else ()
        return file.path not in self._revealed and any(each.holdout for each in cases)

    def search(self) -> None:
        wanted, folded = fold_case(self.wanted), self._folded
        order = [
            place
            for place, (file, case) in enumerate(self._entries)
            if (wanted in _words(file, case) if wanted else not case or file.path not in folded)
        ]
        self.table.show(order, self._row)
        self._show_detail()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable sorting: cases stay in the order of their suite."""
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

    def _blocks(self) -> list[Block]:
        if self.current is not None:
            file, case = self.current
            return case_blocks(case, file.suite) if case and file.suite else suite_blocks(file)
        if self.wanted:
            return [line("No case matches; ", ("escape", "accent"), " shows all.")]
        if not self._ready:
            return [line(("reading…", "dim"))]
        return [
            line("No suite yet."),
            line(""),
            line(("A suite is a TOML file of cases in ", "dim"), str(self.host.cases)),
            line(
                (self.host.key_for("cases.new"), "accent"),
                (" writes one, ", "dim"),
                (self.host.key_for("cases.import"), "accent"),
                (" imports cases.", "dim"),
            ),
        ]

    def action_fold(self) -> None:
        """Fold or unfold the suite, with the cursor on the suite's own row."""
        if self.current is None:
            return
        file = self.current[0]
        self._folded ^= {file.path}
        self.search()
        place = next(n for n, (each, _) in enumerate(self._entries) if each is file)
        self.table.go_to(self.table.order.index(place))

    def action_reveal(self) -> None:
        """Show the texts of the suite's held-out cases from now on, and log the access."""
        host = self.host
        suite = self.current[0].suite if self.current else None
        if self.current is None or suite is None or not any(case.holdout for case in suite.cases):
            host.show_message("No case of this suite is held out.")
        elif not self._is_hidden(file := self.current[0]):
            host.show_message("They are already revealed.")
        elif holdout_reveal.log_reveal(host, suite.name, file.path.name):
            self._revealed.add(file.path)
            self._list()

    def _may_open(self, file: SuiteFile, case: "Case | None" = None) -> bool:
        """Return whether its text may be seen; if not, show how to reveal it."""
        if hidden := self._is_hidden(file, case):
            holdout_reveal.show_hint(self.host, "cases.holdout")
        return not hidden

    def action_edit(self) -> None:
        if self.current and self._may_open(*self.current):
            actions.edit(self.host, *self.current, self._changed)

    def action_raw(self) -> None:
        if self.current and self._may_open(file := self.current[0]):
            case = self.current[1]
            actions.edit_raw(self.host, file.path, self._changed, case.id if case else "")

    def action_editor(self) -> None:
        """Open the suite's file in $EDITOR, then read it again."""
        if self.current and self._may_open(file := self.current[0]):
            open_in_editor(self.host, file.path)
            self.host.reread()

    def action_add(self) -> None:
        if self.current:
            actions.add(self.host, self.current[0], self._changed)

    def action_new_suite(self) -> None:
        actions.new_suite(self.host, self._changed)

    def edit_case(self, suite: str, case_id: str) -> None:
        """Edit that case of the suite of that name."""
        actions.edit_named(self.host, suite, case_id, self._changed_from_results)

    def add_case(self, sample: Sample, run_suite: "Suite | None") -> None:
        """Make a case of a sample of a run, whose suite is given if it has one."""
        actions.add_from_sample(self.host, sample, run_suite, self._changed_from_results)

    def action_duplicate(self) -> None:
        self._change(case_changes.duplicate)

    def action_delete(self) -> None:
        self._change(case_changes.delete)

    def action_move(self, rows: int) -> None:
        self._change(lambda path, case_id: case_changes.move(path, case_id, rows))

    def _change(self, change: Callable[[Path, str], Undo]) -> None:
        if self.current and (case := self.current[1]):
            path = self.current[0].path
            actions.change(self.host, self._changed, lambda: change(path, case.id))

    def action_undo(self) -> None:
        """Undo the last change if the file still is what that change left."""
        if undo := self._undo:
            actions.change(self.host, self._changed, lambda: case_changes.undo_change(undo))
        else:
            self.host.show_message("Nothing to undo.")

    def _changed(self, undo: Undo | None) -> None:
        if undo:
            undo_key, sample_key = map(self.host.key_for, ("cases.undo", "cases.outcome"))
            self._keep(undo, f"{undo_key} undoes it, {sample_key} shows its latest sample.")

    def _changed_from_results(self, undo: Undo | None) -> None:
        if undo:
            self._keep(undo, "The next run uses it.")

    def _keep(self, undo: Undo, hint: str) -> None:
        """Keep the undo of a change that was made, report the change, and read the suites."""
        self._undo = undo
        self.host.show_message(f"{undo.what}. {hint}")
        self.host.reread()

    def action_outcome(self) -> None:
        """Go to the case's latest sample."""
        host = self.host
        if self.current is None or self.current[1] is None or self.current[0].suite is None:
            host.show_message("Only a case has samples.")
            return
        runs, suite, case_id = host.snapshot.runs, self.current[0].suite.name, self.current[1].id

        def found(place: tuple[Path, SampleKey] | None) -> None:
            if place is None:
                key = host.key_for("new_run")
                host.show_message(f"{case_id} has no sample yet; {key} starts a run.")
            else:
                self.post_message(self.ShowSample(*place))

        host.run_job(
            lambda: latest_outcome(runs, suite, case_id), found, label=f"looking for {case_id}"
        )

    def action_diagnostics(self) -> None:
        if self.current:
            actions.show_diagnostics(self.host, self.current[0])

    def action_leakage(self) -> None:
        if self.current:
            actions.search_leakage(self.host, self.current[0])

    def action_import(self) -> None:
        import_export_actions.import_file(self.host)

    def action_export(self) -> None:
        if self.current and (suite := self.current[0].suite):
            hidden = self._is_hidden(self.current[0])
            import_export_actions.export_suite(self.host, suite, with_holdout=not hidden)


def _words(file: SuiteFile, case: "Case | None") -> str:
    if case is None:
        return fold_case(f"{file.path.name} {file.suite.name if file.suite else ''}")
    return fold_case(f"{case.id} {case.rubric} {case.must_mention} {case.input}")
