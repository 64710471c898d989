"""Cases as JSONL: one object per line, with the field names of a suite's file."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.suites.import_export.records import Renamed, cases_of
from stack_tui.suites.model.case import Case


def write_jsonl(cases: Iterable[Case]) -> str:
    """Return one line per case; `read_jsonl` returns the same cases."""
    return "".join(msgspec.json.encode(case).decode() + "\n" for case in cases)


def read_jsonl(text: str, path: Path, renamed: Renamed | None = None) -> tuple[Case, ...]:
    """Return the cases in `text`; raises StackError with file, line and field."""
    return cases_of(_objects(text, path), path, renamed or {})


def _objects(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
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
