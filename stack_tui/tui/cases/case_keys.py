"""What can be done to suites and cases from their list."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.dom import DOMNode
from textual.message import Message

from stack_tui.runs.events import SampleKey
from stack_tui.tui import holdout_reveal
from stack_tui.tui.cases import actions, case_changes, import_export_actions
from stack_tui.tui.cases.case_changes import Undo
from stack_tui.tui.cases.new_suite import new_suite
from stack_tui.tui.cases.preview import latest_outcome
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.state.snapshot import SuiteFile
from stack_tui.tui.ui.external_editor import open_in_editor

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case

ListedCase = tuple[SuiteFile, "Case | None"]


class CaseKeys(DOMNode):
    """The actions of bindings.CASES, for the list of cases."""

    _undo: Undo | None = None

    @dataclass
    class OutcomeWanted(Message):
        """The case's latest sample, in the run of that folder, is wanted."""

        folder: Path
        key: SampleKey

    @property
    def entry(self) -> ListedCase | None:
        """The suite under the cursor, and the case where it is on one."""
        return None

    def fold(self, file: SuiteFile) -> None:
        """Fold or unfold the suite."""

    def is_sealed(self, file: SuiteFile, case: "Case | None" = None) -> bool:
        """Say whether the case, or any of the suite's, is held out and not shown."""
        return False

    def reveal(self, file: SuiteFile) -> None:
        """Show the texts of the suite's held-out cases from now on."""

    def _may_open(self, file: SuiteFile, case: "Case | None" = None) -> bool:
        """Say whether its text may be seen, and tell how where it may not yet."""
        sealed = self.is_sealed(file, case)
        if sealed:
            self._host.show_message("Held out: H shows it first, and counts the look.")
        return not sealed

    def action_reveal(self) -> None:
        """Show the texts of the suite's held-out cases, and count the look."""
        entry = self.entry
        suite = entry[0].suite if entry else None
        if entry is None or suite is None or not any(case.holdout for case in suite.cases):
            self._host.show_message("No case of this suite is held out.")
        elif not self.is_sealed(entry[0]):
            self._host.show_message("They are shown already.")
        elif holdout_reveal.count_look(self._host, suite.name, entry[0].path.name):
            self.reveal(entry[0])

    def action_findings(self) -> None:
        if entry := self.entry:
            actions.look_over(self._host, entry[0])

    def action_leakage(self) -> None:
        if entry := self.entry:
            actions.ask_leakage(self._host, entry[0])

    @property
    def _host(self) -> Host:
        return host_of(self)

    def action_edit(self) -> None:
        entry = self.entry
        if entry and self._may_open(*entry):
            actions.edit(self._host, *entry, self._changed)

    def action_raw(self) -> None:
        entry = self.entry
        if entry and self._may_open(entry[0]):
            case_id = entry[1].id if entry[1] else ""
            actions.edit_raw(self._host, entry[0].path, self._changed, case_id)

    def action_add(self) -> None:
        if entry := self.entry:
            actions.add(self._host, entry[0], self._changed)

    def action_new_suite(self) -> None:
        new_suite(self._host, self._changed)

    def action_duplicate(self) -> None:
        self._change(case_changes.duplicate)

    def action_delete(self) -> None:
        self._change(case_changes.delete)

    def action_move(self, rows: int) -> None:
        self._change(lambda path, case_id: case_changes.move(path, case_id, rows))

    def _change(self, change: Callable[[Path, str], Undo]) -> None:
        entry = self.entry
        if entry and (case := entry[1]):
            path = entry[0].path
            actions.change(self._host, self._changed, lambda: change(path, case.id))

    def action_fold(self) -> None:
        if entry := self.entry:
            self.fold(entry[0])

    def action_outcome(self) -> None:
        """Go to the case's latest sample."""
        entry = self.entry
        if not entry or not entry[1] or not entry[0].suite:
            self._host.show_message("Only a case has samples.")
            return
        runs, suite, case_id = self._host.snapshot.runs, entry[0].suite.name, entry[1].id

        def found(place: tuple[Path, SampleKey] | None) -> None:
            if place is None:
                self._host.show_message(f"{case_id} has no sample yet; n starts a run.")
            else:
                self.post_message(self.OutcomeWanted(*place))

        self._host.run_job(
            lambda: latest_outcome(runs, suite, case_id), found, label=f"looking for {case_id}"
        )

    def action_import(self) -> None:
        import_export_actions.import_file(self._host)

    def action_export(self) -> None:
        entry = self.entry
        if entry and entry[0].suite:
            sealed = self.is_sealed(entry[0])
            import_export_actions.export_suite(self._host, entry[0].suite, with_holdout=not sealed)

    def action_undo(self) -> None:
        """Take the last change back, if the file is still what it left."""
        if undo := self._undo:
            actions.change(self._host, self._changed, lambda: case_changes.take_back(undo))
        else:
            self._host.show_message("Nothing to take back.")

    def _changed(self, undo: Undo | None) -> None:
        if undo:
            self._undo = undo
            self._host.show_message(f"{undo.what}; u takes it back, v shows its latest sample")
            self._host.reread()

    def action_editor(self) -> None:
        """Open the suite's file in $EDITOR, and read it again after."""
        entry = self.entry
        if entry and self._may_open(entry[0]):
            open_in_editor(self._host, entry[0].path)
            self._host.reread()
