"""Edits of a suite's text that change only what is edited: comments, order and form stay."""

import tomllib
from dataclasses import replace
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.suites.model import suite_pieces, suite_tables
from stack_tui.suites.model.case import Case, Suite
from stack_tui.suites.model.suite_pieces import SuitePiece
from stack_tui.toml_edit import items


def suite_text(suite: Suite) -> str:
    """Return the text of a new file that loads as the suite."""
    fields = _fields(suite)
    cases = fields.pop("cases", [])
    head = suite_tables.new_text("suite", fields)
    return "\n".join([head, *(suite_tables.new_text("case", case) for case in cases)])


def change_suite(text: str, suite: Suite) -> str:
    """Return `text` with the suite's own values as in `suite`, whose cases are not looked at."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    table = tables.get("suite", {})
    wanted = _wanted(table, table | {"cases": ()}, msgspec.structs.replace(suite, cases=()))
    slot = next((n for n, piece in enumerate(pieces) if piece.kind == "suite"), 0)
    pieces[slot] = suite_tables.changed(pieces[slot], "suite", wanted)
    return _checked(pieces, tables | {"suite": wanted})


def change_case(text: str, case_id: str, case: Case) -> str:
    """Return `text` with that case as `case`: another id in it renames the case."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    number, slot = _find(tables, pieces, case_id)
    table = tables["case"][number]
    wanted = _wanted(table, table, case)
    pieces[slot] = suite_tables.changed(pieces[slot], "case", wanted)
    tables["case"][number] = wanted
    return _checked(pieces, tables)


def add_case(text: str, case: Case, after: str | None = None) -> str:
    """Return `text` with a new case behind the one called `after`, or behind the last."""
    fields = _fields(case)
    lines = suite_tables.new_text("case", fields).replace("\n", _line_end(text))
    new = SuitePiece("case", "", lines, "", "")
    return _insert(text, new, fields, after)


def duplicate_case(text: str, case_id: str, new_id: str) -> str:
    """Return `text` with a copy of the case, comments included, behind it under a new id."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    number, slot = _find(tables, pieces, case_id)
    wanted = tables["case"][number] | {"id": new_id}
    return _insert(text, suite_tables.changed(pieces[slot], "case", wanted), wanted, case_id)


def move_case(text: str, case_id: str, place: int) -> str:
    """Return `text` with the case, and the comment above it, as the one at `place`, from 0."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    number, slot = _find(tables, pieces, case_id)
    if place == number:
        return text
    piece = _take(pieces, slot)
    slots = [n for n, piece in enumerate(pieces) if piece.kind == "case"]
    _put(pieces, [slots[0] - 1, *slots][place], piece)
    tables["case"].insert(place, tables["case"].pop(number))
    return _checked(pieces, tables)


def delete_case(text: str, case_id: str) -> str:
    """Return `text` without the case and the comment directly above it."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    number, slot = _find(tables, pieces, case_id)
    _take(pieces, slot)
    del tables["case"][number]
    if not tables["case"]:
        del tables["case"]
    return _checked(pieces, tables)


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StackError(f"not valid TOML: {error}", remedy="Correct the text first.") from None
    except RecursionError:
        raise StackError("nested too deeply") from None


def _find(tables: dict[str, Any], pieces: list[SuitePiece], case_id: str) -> tuple[int, int]:
    """Return the case's number among the cases, and its slot among the pieces."""
    slots = [n for n, piece in enumerate(pieces) if piece.kind == "case"]
    cases = tables.get("case", [])
    if not isinstance(cases, list) or len(slots) != len(cases):
        raise _unusual()
    for number, slot in enumerate(slots):
        if isinstance(cases[number], dict) and cases[number].get("id") == case_id:
            return number, slot
    raise StackError(f"no case is called {case_id!r}", remedy="Read the file again.")


def _fields(part: Case | Suite) -> dict[str, Any]:
    """Return what is not at its default, as TOML holds it and in the order that reads best."""
    fields: dict[str, Any] = {
        name: items.plain(value) for name, value in msgspec.to_builtins(part).items()
    }
    first = {name: fields[name] for name in ("id", "labels", "input") if name in fields}
    last = {name: fields.pop(name) for name in ("rubric",) if name in fields}
    return first | fields | last


def _wanted(table: dict[str, Any], old: dict[str, Any], new: Case | Suite) -> dict[str, Any]:
    """Return the table with the values that differ from `new` replaced, the others as written."""
    try:
        current = msgspec.convert(old, type(new))
    except msgspec.ValidationError as error:
        raise StackError(
            f"its text is not valid: {error}", remedy="Correct the text first."
        ) from None
    fields = _fields(new)
    same = {name for name in new.__struct_fields__ if getattr(current, name) == getattr(new, name)}
    kept = {name: value for name, value in table.items() if name in same or name in fields}
    return kept | {name: value for name, value in fields.items() if name not in same}


def _insert(text: str, new: SuitePiece, fields: dict[str, Any], after: str | None) -> str:
    """Return `text` with the piece behind the case, or at the end."""
    tables = _tables(text)
    pieces = suite_pieces.split(text)
    cases = tables.setdefault("case", [])
    number, slot = len(cases) - 1, len(pieces) - 1
    if after is not None:
        number, slot = _find(tables, pieces, after)
    _put(pieces, slot, new)
    cases.insert(number + 1, fields)
    return _checked(pieces, tables)


def _take(pieces: list[SuitePiece], slot: int) -> SuitePiece:
    """Remove the piece; of the gaps around it, what holds comments is kept."""
    gone = pieces.pop(slot)
    before = pieces[slot - 1]
    if not before.gap.strip():
        pieces[slot - 1] = replace(before, gap=gone.gap)
    elif gone.gap.strip():
        pieces[slot - 1] = replace(before, gap=before.gap + gone.gap)
    return gone


def _put(pieces: list[SuitePiece], slot: int, new: SuitePiece) -> None:
    """Put the piece behind the one at `slot`, parted from it as the file's other pieces are."""
    gaps = [piece.gap for piece in pieces[1:-1] if not piece.gap.strip()]
    usual = gaps[-1] if gaps else _line_end(suite_pieces.join(pieces))
    pieces.insert(slot + 1, replace(new, gap=pieces[slot].gap))
    pieces[slot] = replace(pieces[slot], gap=usual)


def _checked(pieces: list[SuitePiece], tables: dict[str, Any]) -> str:
    """Return the pieces' text, each piece ended by a line break; it says what `tables` do."""
    line_end = _line_end(suite_pieces.join(pieces))
    for slot, piece in enumerate(pieces[:-1]):
        if piece.content and not piece.content.endswith("\n"):
            pieces[slot] = replace(piece, rest=piece.rest + line_end)
    text = suite_pieces.join(pieces)
    if _tables(text) != tables:
        raise _unusual()
    return text


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unusual() -> StackError:
    return StackError(
        "its form is too unusual to be edited here",
        remedy="Edit the file itself, or give each case a [[case]] of its own.",
    )
