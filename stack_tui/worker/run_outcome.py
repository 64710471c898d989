"""The end of a run: its report on disk first, then the event that says it is finished."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.paths import write_atomically
from stack_tui.reports.render.json_report import report_document
from stack_tui.runs import holdout, labels
from stack_tui.runs.events import Event, Fault, Finished
from stack_tui.runs.view import RunView, is_settled


def finish(folder: Path, view: RunView, record: Callable[[Event], None]) -> Finished:
    """Write report.json and its copy as the subject's latest report, then record `finished`.

    Neither contains the texts of held-out cases: only the journal does.
    """
    unsettled = sum(not is_settled(sample) for sample in view.samples)
    missing = view.total.planned - view.total.done
    errors = unsettled + missing
    finished = Finished(
        at=time.time(),
        outcome="errors" if errors else "complete",
        errors=errors,
        message=f"{plural(missing, 'sample')} without an outcome" if missing else "",
    )
    view.finished = finished
    view.relabel(labels.read(folder))
    view.accesses = (
        holdout.read_accesses(folder.parent, view.spec.subject.suite_name) if view.holdouts else ()
    )
    report = msgspec.json.format(msgspec.json.encode(report_document(view)), indent=2)
    write_atomically(folder / "report.json", report)
    latest = latest_report_path(folder.parent, view)
    try:
        write_atomically(latest, report)
    except OSError as error:
        message = f"the copy of the report could not be written: {error.strerror}"
        record(Fault(at=finished.at, where=str(latest), message=message))
    record(finished)
    return finished


def latest_report_path(results: Path, view: RunView) -> Path:
    """Return the path of the subject's latest report, such as eval-results/custom.json."""
    return results / f"{view.spec.subject.name}.json"


def record_failure(record: Callable[[Event], None], error: StackError) -> Finished:
    """Record why the run cannot be executed, as its end."""
    now = time.time()
    record(Fault(at=now, where=error.where, message=error.what, remedy=error.remedy))
    finished = Finished(at=now, outcome="failed", message=error.what, remedy=error.remedy)
    record(finished)
    return finished
