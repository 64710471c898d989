"""Records, such as a line of JSON or a row of a table, as cases."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Case
from stack_tui.suites.model.suite_store import read_case
from stack_tui.text import one_line

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
