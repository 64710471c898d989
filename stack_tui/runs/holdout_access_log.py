"""Looks at the texts of cases held out: SUITE.looks.jsonl beside the runs, one line a look."""

import os
import time
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.labels import whoever


class HoldoutAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who looked at `at` (seconds since 1970), and at what: a run's id, or a suite's file."""

    at: float
    who: str
    what: str


def log_access(results: Path, suite: str, what: str) -> None:
    """Count a look of this user's, in one write; raises StackError where it cannot be counted."""
    path = _path(results, suite)
    line = msgspec.json.encode(HoldoutAccess(at=time.time(), who=whoever(), what=what)) + b"\n"
    try:
        results.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
    except OSError as error:
        raise StackError(
            f"the look at held-out cases cannot be counted: {error.strerror}", where=str(path)
        ) from None


def read_accesses(results: Path, suite: str) -> tuple[HoldoutAccess, ...]:
    """Return all looks, oldest first; a line that holds none is passed over."""
    try:
        lines = _path(results, suite).read_bytes().splitlines()
    except OSError:
        return ()
    return tuple(look for line in lines if (look := _decode(line)))


def _path(results: Path, suite: str) -> Path:
    return results / f"{suite}.looks.jsonl"


def _decode(line: bytes) -> HoldoutAccess | None:
    try:
        return msgspec.json.decode(line, type=HoldoutAccess)
    except msgspec.DecodeError:
        return None
