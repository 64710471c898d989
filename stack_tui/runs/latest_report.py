"""The copy of a subject's latest report, beside the runs: its name, and the names it had before."""

from pathlib import Path

from stack_tui.names import file_name
from stack_tui.runs.spec import BenchmarkSubject, Subject

_SUFFIX = ".json"
_MOST_BYTES_EVER = 255


def latest_report_path(results: Path, subject: Subject) -> Path:
    """Return the file that holds a copy of the subject's latest report."""
    return results / file_name(subject.name, _SUFFIX)


def find_latest_report(results: Path, subject: Subject, report: bytes) -> Path | None:
    """Return the copy if it is of that `report`, None if it is of another or missing.

    Earlier versions joined the names of any number of tasks: such files are found too.
    """
    joined = "+".join(subject.tasks) if isinstance(subject, BenchmarkSubject) else subject.name
    before = f"{joined}{_SUFFIX}"
    paths = [latest_report_path(results, subject)]
    if "/" not in before and "\0" not in before and len(before.encode()) <= _MOST_BYTES_EVER:
        paths.append(results / before)
    return next((path for path in paths if path.is_file() and path.read_bytes() == report), None)
