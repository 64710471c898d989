"""Folders of runs: creating, finding and reading them, and controlling their workers."""

import secrets
import shutil
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli_w

from stack_tui.errors import StackError
from stack_tui.paths import FileStamp, locked, sync_folder, write_atomically, write_new
from stack_tui.runs import holdout, labels
from stack_tui.runs.duel_data import DuelData, duel_data_path
from stack_tui.runs.events import Event, Started
from stack_tui.runs.journal import Tail, check_locks, is_held
from stack_tui.runs.old_formats import current_spec
from stack_tui.runs.recorded_run import keep
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.view import RunView
from stack_tui.toml_edit import source

Phase = Literal[
    "starting",
    "running",
    "paused",
    "stopping",
    "stopped",
    "interrupted",
    "finished",
    "errors",
    "failed",
]

_STARTING_S = 90.0
_HEAD_BYTES = 4096
# Either makes a folder a run's: the other may be lost, or not there yet.
_OWN_FILES = ("run.toml", "journal.jsonl")


class RunNotFound(StackError):
    """No run, or more than one, has the given name."""


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants a run's worker to do."""

    wanted: Literal["run", "pause", "stop"] = "run"
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    retry_errors: bool = True
    """Whether a resumed run retries what ended in an error; the worker reads it at its start."""

    def __post_init__(self) -> None:
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError("concurrency must be 1 or more")


_DEFAULT_CONTROL = Control()


class Run:
    """A run's folder, for readers; `refresh` brings the view up to date."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = read_spec(folder)
        self.view = RunView(self.spec)
        self.tail = Tail(journal_path(folder))
        self._labelled: FileStamp | None = None

    def refresh(self) -> list[Event]:
        """Apply the events that the worker has written since, and return them."""
        events = self.tail.read()
        self.view.apply(events)
        if (stamp := labels.stamp(self.folder)) != self._labelled:
            self._labelled = stamp
            self.view.relabel(labels.read(self.folder))
        if self.view.holdouts:
            accesses = holdout.read_accesses(self.folder.parent, self.spec.subject.suite_name)
            if accesses != self.view.accesses:
                self.view.accesses = accesses
                self.view.revision += 1
        return events

    @property
    def alive(self) -> bool:
        """Whether a worker process runs it now."""
        return is_held(journal_path(self.folder))

    @property
    def phase(self) -> Phase:
        """The phase of the run, from its last event and whether a worker process holds it."""
        view = self.view
        if self.alive:
            return view.state if view.state != "stopped" else "running"
        if view.finished and view.finished.outcome == "complete":
            # A damaged journal may have lost samples that were there when the run ended.
            return "finished" if view.total.done >= view.total.planned else "errors"
        if view.finished:
            return "failed" if view.finished.outcome == "failed" else "errors"
        if view.started is None:
            return "starting" if self._is_new() else "interrupted"
        return "stopped" if view.state == "stopped" else "interrupted"

    def _is_new(self) -> bool:
        try:
            made = datetime.fromisoformat(self.spec.created).timestamp()
        except ValueError:
            return False
        return 0 <= time.time() - made < _STARTING_S


def journal_path(folder: Path) -> Path:
    return folder / "journal.jsonl"


def probe_path(folder: Path) -> Path:
    """Return the file that the launcher leaves for the worker: what it found of the endpoint."""
    return folder / "endpoint.json"


def create(
    results: Path,
    spec: RunSpec,
    suite_text: str | None = None,
    recorded: Iterable[Event] = (),
    duel: DuelData | None = None,
) -> Path:
    """Create the run's folder in one step, and return it; raises StackError.

    `recorded` is what an earlier run recorded and this one re-grades, `duel` what a duel
    judges.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        draft = results / f".new-{secrets.token_hex(8)}"
        draft.mkdir()
        try:
            keep(draft, recorded)
            write_new(draft / "run.toml", _spec_text(spec).encode())
            if suite_text is not None:
                write_new(draft / "suite.toml", suite_text.encode())
            if duel is not None:
                write_new(duel_data_path(draft), msgspec.json.encode(duel))
            write_new(journal_path(draft), b"")
            check_locks(journal_path(draft))
            sync_folder(draft)
            folder = draft.rename(results / spec.id)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_folder(results)
    except OSError as error:
        raise StackError(f"cannot hold results: {error.strerror}", where=str(results)) from None
    return folder


def read_spec(folder: Path) -> RunSpec:
    """Return the run's spec; raises TomlError naming the file and the place in it."""
    path = folder / "run.toml"
    if not _has_text(path) and (spec := _recorded_spec(folder)):
        return spec
    return source.convert(current_spec(source.parse(source.read_text(path), path)), RunSpec, path)


def rewrite_spec(folder: Path, spec: RunSpec) -> None:
    """Write run.toml again if a crash of the machine has lost it."""
    path = folder / "run.toml"
    if not _has_text(path):
        write_atomically(path, _spec_text(spec))


def _spec_text(spec: RunSpec) -> str:
    return tomli_w.dumps(msgspec.to_builtins(spec), multiline_strings=True)


def _has_text(path: Path) -> bool:
    """Return whether the file holds anything; a power cut may leave it missing, empty or zeros."""
    try:
        with path.open("rb") as file:
            return bool(file.read(_HEAD_BYTES).strip(b"\0 \t\r\n"))
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _recorded_spec(folder: Path) -> RunSpec | None:
    """Return the spec that the run's journal begins with, None if no worker has started it."""
    started = (event for event in Tail(journal_path(folder)).read() if isinstance(event, Started))
    return next((event.spec for event in started), None)


def folders(results: Path) -> list[Path]:
    """Return the folders of all runs, oldest first."""
    if not results.is_dir():
        return []
    inside = (folder for folder in results.iterdir() if not folder.name.startswith("."))
    return sorted(
        folder for folder in inside if any((folder / name).exists() for name in _OWN_FILES)
    )


def newest_id(results: Path) -> str:
    """Return the id of the newest run, "" if there is none."""
    return next((folder.name for folder in reversed(folders(results))), "")


def find(results: Path, name: str) -> Path:
    """Return the folder of a run by its id, a unique part of the id, or `latest`."""
    known = folders(results)
    if not known:
        raise RunNotFound(
            "contains no runs", where=str(results), remedy="Start one with: stack-tui eval SUITE"
        )
    if name == "latest":
        return known[-1]
    for matches in (
        [folder for folder in known if folder.name == name],
        [folder for folder in known if folder.name.startswith(name)],
        [folder for folder in known if name in folder.name],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(folder.name for folder in matches[-5:])
            raise RunNotFound(
                f"{name!r} could mean {len(matches)} runs: {names}", where=str(results)
            )
    raise RunNotFound(
        f"no run is named {name!r}", where=str(results), remedy="List them with: stack-tui runs"
    )


def find_earlier(results: Path, name: str, subject: str, aside: Path | None = None) -> Path:
    """Return the folder of the run to compare a run of `subject` with; raises RunNotFound.

    `latest` is the latest finished run of the subject, except `aside`; `latest:NOTE` is the latest
    whose note is NOTE; other names are as in `find`. Runs that cannot be read are skipped.
    """
    which, _, note = name.partition(":")
    if which != "latest":
        return find(results, name)
    for folder in reversed(folders(results)):
        try:
            spec = read_spec(folder)
        except StackError:
            continue
        like = spec.subject.name == subject and (not note or spec.note == note)
        if like and folder != aside and (folder / "report.json").exists():
            return folder
    started_so = f" --note {note}" if note else ""
    raise RunNotFound(
        f"no finished run of {subject} is named {name!r}",
        where=str(results),
        remedy=f"Start one with: stack-tui eval {subject}{started_so}",
    )


def write_control(folder: Path, control: Control) -> None:
    """Tell the run's worker what to do; it reads the file about twice a second."""
    write_atomically(folder / "control.json", msgspec.json.encode(control))


def change_control(folder: Path, **changed: Any) -> None:
    """Change some of what the run's worker is to do; two changes at once both happen."""
    with locked(folder):
        write_control(folder, msgspec.structs.replace(read_control(folder), **changed))


def read_control(folder: Path, otherwise: Control = _DEFAULT_CONTROL) -> Control:
    """Return what the worker is to do, `otherwise` if the file is missing or unreadable."""
    try:
        return msgspec.json.decode((folder / "control.json").read_bytes(), type=Control)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return otherwise
