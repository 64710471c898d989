"""Cases as JSONL, one object per line, and as CSV, one column per field with lists as JSON."""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Case
from stack_tui.suites.model.suite_store import read_case
from stack_tui.text import one_line

_TEXT = frozenset({"id", "input", "rubric", "equals", "starts_with", "reference"})
_WHOLE_NUMBERS = frozenset({"max_chars", "max_words", "max_sentences"})
_OBJECTS = frozenset({"number", "json_schema", "contains_json", "criteria"})
_PATTERNS = frozenset({"regex", "not_regex"})
_PHRASES = _PATTERNS | {"must_mention", "must_not_mention", "one_of", "labels"}
_JSON_STARTS = ("[", '"')

Renamed = Mapping[str, str]


def cases_of(
    records: Iterable[tuple[int, Mapping[str, Any]]], path: Path, renamed: Renamed
) -> tuple[Case, ...]:
    """Return the records, each with its line from 1, as cases; raises StackError with the line.

    `renamed` maps the records' keys to fields of a case, "" to leave one out. A record without an
    id is named after its line; null counts as missing.
    """
    cases = []
    lines: dict[str, int] = {}
    for line, record in records:
        table = {renamed.get(key, key): value for key, value in record.items() if value is not None}
        table.pop("", None)
        case_id = table.setdefault("id", f"line-{line}")
        if isinstance(case_id, int):
            table["id"] = str(case_id)
        where = Path(f"{path}:{line}")
        _refuse_unknown(table, where)
        case = read_case(table, where, f"({one_line(str(table['id']), 60)})")
        if case.id in lines:
            raise StackError(
                f"the id {case.id!r} is already used in line {lines[case.id]}",
                where=str(where),
                remedy="Give each case an id of its own.",
            )
        lines[case.id] = line
        cases.append(case)
    if not cases:
        raise StackError("has no cases", where=str(path), remedy="Give a file with cases.")
    return tuple(cases)


def _refuse_unknown(table: Mapping[str, Any], where: Path) -> None:
    for key in table:
        if key not in Case.__struct_fields__:
            near = difflib.get_close_matches(key, Case.__struct_fields__, n=1, cutoff=0.8)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise StackError(
                f"{one_line(key, 60)!r} is not a field of a case",
                where=str(where),
                remedy=f"{meant}Map it to a field (input, equals, …), or leave it out.",
            )


def write_jsonl(cases: Iterable[Case]) -> str:
    """Return one line per case; `read_jsonl` returns the same cases."""
    return "".join(msgspec.json.encode(case).decode() + "\n" for case in cases)


def read_jsonl(text: str, path: Path, renamed: Renamed | None = None) -> tuple[Case, ...]:
    """Return the cases in `text`; raises StackError with file, line and field."""
    return cases_of(objects(text, path), path, renamed or {})


def objects(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of JSONL, each with its line from 1; raises StackError with the line."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise StackError(
                f"not valid JSON: {error}", where=where, remedy="Write one object per line."
            ) from None
        if not isinstance(record, dict):
            raise StackError("expected an object", where=where, remedy="Write it as {...}.")
        yield number, record


def write_csv(cases: Iterable[Case]) -> str:
    """Return a table of the columns in use; `read_csv` returns the same cases."""
    rows: list[dict[str, Any]] = [msgspec.to_builtins(case) for case in cases]
    used = {field for row in rows for field in row}
    columns = [field for field in Case.__struct_fields__ if field in used]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(field, row.get(field)) for field in columns])
    return file.getvalue()


def read_csv(text: str, path: Path, renamed: Renamed | None = None) -> tuple[Case, ...]:
    """Return the cases in `text`; raises StackError with file, line and column.

    In a column for phrases, plain text is one phrase, and text that begins with [ or " is JSON.
    """
    names = renamed or {}
    table = [(line, _values(row, f"{path}:{line}", names)) for line, row in rows(text, path)]
    return cases_of(table, path, names)


def rows(text: str, path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows by column name, each with the line, from 1, on which it ends.

    Cells are separated by commas, semicolons or tabs: whichever the header has most of.
    """
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    limit = csv.field_size_limit(len(text) + 1)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        read = [(reader.line_num, row) for row in reader if any(row)]
    except csv.Error as error:
        where = f"{path}:{reader.line_num}"
        raise StackError(
            f"not valid CSV: {error}", where=where, remedy="Check its quotes."
        ) from None
    finally:
        csv.field_size_limit(limit)
    header = [name.strip() for name in read[0][1]] if read else []
    if repeated := next((name for name in header if header.count(name) > 1), None):
        raise StackError(
            f"two columns are called {repeated!r}",
            where=f"{path}:1",
            remedy="Rename one of them.",
        )
    for line, row in read:
        if len(row) != len(header):
            raise StackError(
                f"has {len(row)} cells, but the header has {len(header)}",
                where=f"{path}:{line}",
                remedy="Put quotes around cells that contain the separator.",
            )
    return [(line, dict(zip(header, row, strict=True))) for line, row in read[1:]]


def _cell(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and (field in _TEXT or value[:1] not in _JSON_STARTS):
        return value
    return msgspec.json.encode(value).decode()


def _values(row: Mapping[str, str], where: str, renamed: Renamed) -> dict[str, Any]:
    return {
        column: _value(renamed.get(column, column), cell, f"{where}: {column}")
        for column, cell in row.items()
        if cell
    }


def _value(field: str, cell: str, where: str) -> Any:
    if field in _WHOLE_NUMBERS and cell.strip().isdecimal():
        return int(cell)
    if field == "holdout" and cell.strip().casefold() in ("true", "false"):
        return cell.strip().casefold() == "true"
    if field in _OBJECTS or (field in _PHRASES and cell[:1] in _JSON_STARTS):
        try:
            value = msgspec.json.decode(cell)
        except (msgspec.DecodeError, RecursionError) as error:
            raise StackError(
                f"not valid JSON: {error}", where=where, remedy="Write lists and objects as JSON."
            ) from None
        return {"value": value} if field == "number" and isinstance(value, int | float) else value
    return [cell] if field in _PHRASES - _PATTERNS else cell
