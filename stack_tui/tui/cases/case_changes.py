"""Changes to the cases of a suite's file, each of which can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.names import first_free
from stack_tui.toml_edit import source
from stack_tui.toml_edit.held_file import FileChanged, HeldFile
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case


def read(path: Path) -> HeldFile:
    """Read the suite's file; raises TomlError."""
    return HeldFile.of(path, source.read_text(path))


def write(held: HeldFile, text: str, what: str) -> Undo:
    """Save the text if the file is still what was read; raises TomlError, FileChanged."""
    from stack_tui.suites.model.suite_store import save

    return Undo(what, held.text, save(held, text))


def undo_change(undo: Undo) -> Undo:
    """Restore the text before the change; raises FileChanged if the file has changed since."""
    return write(undo.after, undo.before, f"undid: {undo.what}")


def save_case(held: HeldFile, before: Case | None, case: Case) -> Undo:
    """Save the case in place of `before`, or as a new one.

    If the file was changed elsewhere but `before` was not, both changes are kept; if `before` was
    changed too, FileChanged is raised.
    """
    from stack_tui.suites.model import suite_store

    try:
        return _save_case(held, before, case)
    except FileChanged:
        now = read(held.path)
        if before and before not in suite_store.parse(now.text, now.path).cases:
            raise
        return _save_case(now, before, case)


def _save_case(held: HeldFile, before: Case | None, case: Case) -> Undo:
    from stack_tui.suites.model import suite_edit

    if before is None:
        return write(held, suite_edit.add_case(held.text, case), f"added {case.id}")
    return write(held, suite_edit.change_case(held.text, before.id, case), f"changed {case.id}")


def duplicate(path: Path, case_id: str) -> Undo:
    """Insert a copy after the case, under the next free id."""
    from stack_tui.suites.model import suite_edit, suite_store

    held = read(path)
    taken = {case.id for case in suite_store.parse(held.text, path).cases}
    new_id = first_free(case_id, taken)
    return write(held, suite_edit.duplicate_case(held.text, case_id, new_id), f"added {new_id}")


def delete(path: Path, case_id: str) -> Undo:
    """Delete the case; raises StackError for the only one, as a suite needs at least one."""
    from stack_tui.suites.model import suite_edit, suite_store

    held = read(path)
    if len(suite_store.parse(held.text, path).cases) == 1:
        raise StackError("a suite needs at least one case", remedy="Delete the file instead.")
    return write(held, suite_edit.delete_case(held.text, case_id), f"deleted {case_id}")


def move(path: Path, case_id: str, rows: int) -> Undo:
    """Move the case down by so many rows; negative numbers move it up."""
    from stack_tui.suites.model import suite_edit, suite_store

    held = read(path)
    ids = [case.id for case in suite_store.parse(held.text, path).cases]
    place = min(max(ids.index(case_id) + rows, 0), len(ids) - 1)
    return write(held, suite_edit.move_case(held.text, case_id, place), f"moved {case_id}")
