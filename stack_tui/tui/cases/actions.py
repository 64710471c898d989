"""What one can do to suites and their cases from the screen."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.tui.cases import case_changes
from stack_tui.tui.cases.case_changes import Undo
from stack_tui.tui.host import Host
from stack_tui.tui.state.snapshot import SuiteFile

if TYPE_CHECKING:
    from stack_tui.runs.events import Sample
    from stack_tui.suites.diagnostics.diagnostic import Diagnostic
    from stack_tui.suites.diagnostics.leakage import Leakage
    from stack_tui.suites.model.case import Case, Suite

ChangeCallback = Callable[[Undo | None], None]


def edit(host: Host, file: SuiteFile, case: Case | None, told: ChangeCallback) -> None:
    """Edit the case in a form, or the suite's whole file where it is no case or cannot be read."""
    from stack_tui.tui.cases.form import CaseForm

    if case is None or file.suite is None:
        edit_raw(host, file.path, told)
        return
    if held := _read(host, file.path):
        host.open(CaseForm(held, file.suite, case, new=False), told)


def add(host: Host, file: SuiteFile, told: ChangeCallback) -> None:
    """Write a new case into the suite."""
    from stack_tui.suites.model.case import Case
    from stack_tui.tui.cases.form import CaseForm

    if file.suite and (held := _read(host, file.path)):
        host.open(CaseForm(held, file.suite, Case(id="", input=""), new=True), told)


def add_result(host: Host, sample: Sample, run_suite: Suite | None, told: ChangeCallback) -> None:
    """Make a case of the sample, in the suite of the run's name or in one that is chosen."""
    from stack_tui.tui.ui.dialogs import Choose

    files = [file for file in host.snapshot.suites if file.suite]
    of_run = [
        file for file in files if run_suite and file.suite and file.suite.name == run_suite.name
    ]
    found = of_run or files
    if not found:
        host.show_message(
            "There is no suite to put it into: write one first, or import one with i."
        )
    elif len(found) == 1:
        _add_result(host, found[0], sample, run_suite, told)
    else:
        names = [file.suite.name for file in found if file.suite]

        def chosen(place: int | None) -> None:
            if place is not None:
                _add_result(host, found[place], sample, run_suite, told)

        host.open(Choose("The suite for the new case", names), chosen)


def _add_result(
    host: Host, file: SuiteFile, sample: Sample, run_suite: Suite | None, told: ChangeCallback
) -> None:
    from stack_tui.tui.cases.form import CaseForm
    from stack_tui.tui.cases.result_case import case_of

    if file.suite and (held := _read(host, file.path)):
        case = case_of(sample, run_suite, {case.id for case in file.suite.cases})
        host.open(CaseForm(held, file.suite, case, new=True, sample=sample), told)


def edit_raw(host: Host, path: Path, told: ChangeCallback, case_id: str = "") -> None:
    """Edit the suite's file as it is written, from the case's place on."""
    from stack_tui.suites.model.suite_edit import line_of
    from stack_tui.tui.cases.raw_editor import RawEditor

    if held := _read(host, path):
        host.open(RawEditor(held, line_of(held.text, case_id)), told)


def look_over(host: Host, file: SuiteFile) -> None:
    """Show what looking over the suite brings up, as `cases check` does."""
    from stack_tui.tui.cases.diagnostics_page import finding_blocks

    suite = file.suite
    if suite is None:
        host.show_message("The suite cannot be read; its problem stands beside it.")
        return

    def work() -> list[Diagnostic]:
        from stack_tui.suites.diagnostics.lint import lint

        return lint(suite)

    def show(found: list[Diagnostic]) -> None:
        host.show_page(lambda: finding_blocks(suite.name, found))

    host.run_job(work, show, label=f"looking over {suite.name}")


def ask_leakage(host: Host, file: SuiteFile) -> None:
    """Ask for files of training data, and show which of the suite's cases stand in them."""
    from stack_tui.tui.cases.diagnostics_page import leakage_blocks
    from stack_tui.tui.ui.dialogs import AskLine

    suite = file.suite
    if suite is None:
        host.show_message("The suite cannot be read; its problem stands beside it.")
        return

    def answered(text: str | None) -> None:
        paths = [Path(each).expanduser() for each in shlex.split(text or "")]
        if not paths:
            return

        def work() -> Leakage:
            from stack_tui.suites.diagnostics.leakage import leakage

            return leakage(suite.cases, paths)

        def show(found: Leakage) -> None:
            host.show_page(lambda: leakage_blocks(suite, found))

        host.run_job(work, show, label=f"looking for {suite.name} in {len(paths)} files")

    hint = "Files of training or few-shot data: JSONL, JSON, text or parquet, a space between two."
    host.open(AskLine("Leakage", hint, "", _bad_paths), answered)


def _bad_paths(text: str) -> str:
    """Say what is wrong with the paths that were typed."""
    try:
        paths = shlex.split(text)
    except ValueError:
        return "A quotation mark is not closed."
    missing = [path for path in paths if not Path(path).expanduser().is_file()]
    return f"There is no file {missing[0]}" if missing else ""


def change(host: Host, told: ChangeCallback, work: Callable[[], Undo]) -> None:
    """Do a change that needs no form, and tell what takes it back."""
    try:
        told(work())
    except StackError as error:
        host.show_error(error)


def _read(host: Host, path: Path) -> case_changes.HeldFile | None:
    try:
        return case_changes.read(path)
    except StackError as error:
        host.show_error(error)
        return None
