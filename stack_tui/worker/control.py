"""Control a run from outside: resume, stop, pause, proceed, and change its concurrency."""

from pathlib import Path
from typing import Any

from stack_tui.config.foreign_keys import refuse_foreign_keys
from stack_tui.errors import StackError
from stack_tui.runs.journal import is_held
from stack_tui.runs.store import change_control, journal_path, probe_path, read_spec
from stack_tui.worker.worker_process import spawn


def resume(folder: Path, *, retry_errors: bool = True) -> None:
    """Start a worker for the samples that are missing and, with `retry_errors`, for failed ones.

    Blocks until the worker has begun; raises as `spawn` does, and StackError if the run's folder
    names keys that the user has not allowed.
    """
    refuse_foreign_keys(read_spec(folder).endpoints, folder.name)
    if not is_held(journal_path(folder)):
        change_control(folder, retry_errors=retry_errors)
        # The server may have changed since: the worker probes it anew.
        probe_path(folder).unlink(missing_ok=True)
    spawn(folder)


def stop(folder: Path) -> None:
    """Have the worker finish the requests in flight, record them, and end; `resume` goes on."""
    _change(folder, wanted="stop")


def pause(folder: Path) -> None:
    """Have the worker send no new request until `proceed`."""
    _change(folder, wanted="pause")


def proceed(folder: Path) -> None:
    """Have a paused worker go on."""
    _change(folder, wanted="run")


def set_concurrency(folder: Path, requests: int | None) -> None:
    """Change the run's max concurrent requests; None tunes them automatically."""
    _change(folder, concurrency=requests)


def _change(folder: Path, **changed: Any) -> None:
    if not is_held(journal_path(folder)):
        raise StackError(
            "has no worker at the moment",
            where=folder.name,
            remedy=f"Resume it: stack-tui resume {folder.name}",
        )
    change_control(folder, **changed)
