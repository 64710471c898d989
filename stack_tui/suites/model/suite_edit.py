"""Edits of a suite's text that change only what is edited: comments, order and form stay."""

from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Case, Suite
from stack_tui.toml_edit import edit, items, splitter


def suite_text(suite: Suite) -> str:
    """Return the text of a new file that loads as the suite."""
    fields = _fields(suite)
    cases = fields.pop("cases", [])
    tables = [edit.new_table(("suite",), fields), *(edit.new_table(("case", 0), c) for c in cases)]
    return "\n".join(tables)


def change_case(text: str, case_id: str, case: Case) -> str:
    """Return `text` with that case as `case`, which may have another id."""
    path, table = _find(text, case_id)
    return edit.set_values(text, path, _wanted(table, case))


def add_case(text: str, case: Case, after: str | None = None) -> str:
    """Return `text` with a new case behind the one called `after`, or behind the last."""
    if after is None:
        number = len(edit.tables_of(text).get("case", []))
        return edit.insert(text, ("case", number), _fields(case))
    path, _ = _find(text, after)
    return edit.insert(text, ("case", path[1] + 1), _fields(case), after=path)


def duplicate_case(text: str, case_id: str, new_id: str) -> str:
    """Return `text` with a copy of the case, comments included, behind it under a new id."""
    return edit.copy(text, _find(text, case_id)[0], {"id": new_id})


def move_case(text: str, case_id: str, place: int) -> str:
    """Return `text` with the case, and the comment above it, as number `place`, from 0."""
    return edit.move(text, _find(text, case_id)[0], place)


def delete_case(text: str, case_id: str) -> str:
    """Return `text` without the case and the comment directly above it."""
    return edit.remove(text, _find(text, case_id)[0])


def line_of(text: str, case_id: str) -> int:
    """Return the line, from 1, of the case's id; 1 if the case has no header or is missing."""
    try:
        path, _ = _find(text, case_id)
    except StackError:
        return 1
    piece = next((piece for piece in splitter.split(text) if piece.path == path), None)
    return piece.line + splitter.line_of_key(piece.code, "id") if piece else 1


def _find(text: str, case_id: str) -> tuple[tuple[str, int], dict[str, Any]]:
    """Return the case's path in the text, and its table."""
    cases = edit.tables_of(text).get("case", [])
    for number, table in enumerate(cases if isinstance(cases, list) else []):
        if isinstance(table, dict) and table.get("id") == case_id:
            return ("case", number), table
    raise StackError(f"no case is called {case_id!r}", remedy="Read the file again.")


def _fields(part: Case | Suite) -> dict[str, Any]:
    """Return what is not at its default, as TOML holds it and in the order that reads best."""
    fields: dict[str, Any] = {
        name: items.plain(value) for name, value in msgspec.to_builtins(part).items()
    }
    first = {name: fields[name] for name in ("id", "labels", "input") if name in fields}
    last = {name: fields.pop(name) for name in ("rubric",) if name in fields}
    return first | fields | last


def _wanted(table: dict[str, Any], new: Case) -> dict[str, Any]:
    """Return the table with the values that differ from `new` replaced, the others as written."""
    try:
        old = msgspec.convert(table, Case)
    except msgspec.ValidationError as error:
        raise StackError(
            f"its text is not valid: {error}", remedy="Correct the text first."
        ) from None
    return edit.merged(table, _fields(new), new, old)
