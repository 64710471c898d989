"""What one can do to suites and their cases from the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.tui import case_actions
from stack_tui.tui.case_actions import Undo
from stack_tui.tui.snapshot import SuiteFile

if TYPE_CHECKING:
    from stack_tui.suites.case import Case
    from stack_tui.tui.app import StackApp

Told = Callable[[Undo | None], None]


def edit(stack: StackApp, file: SuiteFile, case: Case | None, told: Told) -> None:
    """Edit the case in a form, or the suite's whole file where it is no case or cannot be read."""
    from stack_tui.tui.screens.case_editor import CaseEditor

    if case is None or file.suite is None:
        edit_raw(stack, file.path, told)
        return
    if held := _read(stack, file.path):
        stack.push_screen(CaseEditor(held, file.suite, case, new=False), told)


def add(stack: StackApp, file: SuiteFile, told: Told) -> None:
    """Write a new case into the suite."""
    from stack_tui.suites.case import Case
    from stack_tui.tui.screens.case_editor import CaseEditor

    if file.suite and (held := _read(stack, file.path)):
        stack.push_screen(CaseEditor(held, file.suite, Case(id="", input=""), new=True), told)


def edit_raw(stack: StackApp, path: Path, told: Told, case_id: str = "") -> None:
    """Edit the suite's file as it is written, from the case's place on."""
    from stack_tui.tui.screens.raw_editor import RawEditor

    if held := _read(stack, path):
        stack.push_screen(RawEditor(held, case_actions.line_of(held, case_id)), told)


def change(stack: StackApp, told: Told, work: Callable[[], Undo]) -> None:
    """Do a change that needs no form, and tell what takes it back."""
    try:
        told(work())
    except StackError as error:
        stack.tell_error(error)


def _read(stack: StackApp, path: Path) -> case_actions.Text | None:
    try:
        return case_actions.read(path)
    except StackError as error:
        stack.tell_error(error)
        return None
