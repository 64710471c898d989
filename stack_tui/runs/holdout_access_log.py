"""The holdout access log, SUITE.looks.jsonl beside the runs: one line per access."""

import time
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.labels import whoever
from stack_tui.runs.record_file import append_record, read_records


class HoldoutAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who revealed held-out cases, when (seconds since 1970) and of what: a run or a file."""

    at: float
    who: str
    what: str


def log_access(results: Path, suite: str, what: str) -> None:
    """Log this user's access to `what`; raises StackError if it cannot be logged.

    Call it before anything is revealed, so that no access goes unlogged.
    """
    path = _path(results, suite)
    try:
        results.mkdir(parents=True, exist_ok=True)
        append_record(path, HoldoutAccess(at=time.time(), who=whoever(), what=what))
    except OSError as error:
        raise StackError(
            f"the access to held-out cases cannot be logged: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space.",
        ) from None


def read_accesses(results: Path, suite: str) -> tuple[HoldoutAccess, ...]:
    """Return all logged accesses, oldest first; damaged lines are skipped."""
    return tuple(read_records(_path(results, suite), HoldoutAccess))


def _path(results: Path, suite: str) -> Path:
    return results / f"{suite}.looks.jsonl"
