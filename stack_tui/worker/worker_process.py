"""A worker's process as its starter sees it: start it, wait until it begins, read its log."""

import os
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from stack_tui.child_command import module_command
from stack_tui.errors import StackError
from stack_tui.paths import open_to_append
from stack_tui.runs.events import Fault, Started
from stack_tui.runs.journal import RunBusy, Tail, is_held
from stack_tui.runs.store import change_control, journal_path

_START_TIMEOUT_S = 90.0
_POLL_S = 0.05
_LEAST_FREE_BYTES = 1 << 16


class CannotStart(StackError):
    """The worker found that the endpoint cannot serve the run."""

    exit_code = 3


class WorkerError(StackError):
    """A worker ended before it began."""

    exit_code = 4


def spawn(folder: Path) -> None:
    """Start a worker on the run's folder and wait until it has begun.

    Raises RunBusy if another worker is on it, CannotStart if the endpoint cannot serve the run,
    WorkerError if the process ended before it began.
    """
    journal = journal_path(folder)
    if is_held(journal):
        raise RunBusy("is already running", where=folder.name)
    change_control(folder, wanted="run")
    tail = Tail(journal)
    tail.read()
    with os.fdopen(open_to_append(folder / "worker.log"), "ab") as log:
        process = subprocess.Popen(  # noqa: S603
            module_command("stack_tui.worker", str(folder.resolve())),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await_start(process, tail, folder)
    finally:
        threading.Thread(target=process.wait, daemon=True).start()


def _await_start(process: subprocess.Popen[bytes], tail: Tail, folder: Path) -> None:
    waited = 0.0
    faults: list[Fault] = []
    while waited < _START_TIMEOUT_S:
        ended = process.poll() is not None
        events = tail.read()
        if any(isinstance(event, Started) for event in events):
            return
        faults += [event for event in events if isinstance(event, Fault)]
        if ended and faults:
            raise CannotStart(faults[-1].message, where=faults[-1].where, remedy=faults[-1].remedy)
        if ended and is_held(tail.path):
            raise RunBusy("is already running", where=folder.name)
        if ended:
            raise WorkerError(
                f"its worker ended before it began: {last_log_line(folder) or 'without a message'}",
                where=folder.name,
                remedy=f"More in {folder / 'worker.log'}; then: stack-tui resume {folder.name}",
            )
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_S)
        waited += _POLL_S
    raise WorkerError(
        f"its worker has not begun after {_START_TIMEOUT_S:.0f} s and keeps trying",
        where=folder.name,
        remedy=f"See {folder / 'worker.log'}, or: stack-tui watch {folder.name}",
    )


def last_log_line(folder: Path) -> str:
    """Return the log's last line if it is newer than the journal, else why there may be none."""
    log = folder / "worker.log"
    with suppress(OSError):
        if log.stat().st_mtime >= journal_path(folder).stat().st_mtime:
            lines = log.read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else _disk_problem(folder)
    return _disk_problem(folder)


def _disk_problem(folder: Path) -> str:
    """Return that the disk is full, which leaves a worker no room for a message; else ""."""
    with suppress(OSError):
        if shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
            return f"{folder}: the disk is full"
    return ""
