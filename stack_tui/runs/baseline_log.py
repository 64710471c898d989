"""How many runs were compared with a baseline: comparisons.jsonl in the baseline's folder."""

import time
from pathlib import Path

import msgspec

from stack_tui.record_file import append_record, read_records


class ComparedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was compared with the baseline for the first time."""

    at: float
    """When, in seconds since 1970."""
    run: str
    """Its id."""


def number_in_line(baseline: Path, run: str) -> int:
    """Return which run this is that is compared with the baseline, from 1, and remember it.

    The same two runs always compare alike, so a run keeps its number. Raises OSError if a new one
    cannot be recorded.
    """
    path = baseline / "comparisons.jsonl"
    known = list(dict.fromkeys(each.run for each in read_records(path, ComparedRun)))
    if run in known:
        return known.index(run) + 1
    append_record(path, ComparedRun(at=time.time(), run=run))
    return len(known) + 1
