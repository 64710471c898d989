"""The folder of runs: making one, finding one, and saying to its worker what is wanted."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
import tomli_w

from stack_tui.errors import StackError
from stack_tui.paths import FileStamp, write_atomically
from stack_tui.runs import holdout, labels
from stack_tui.runs.duel_data import DuelData, duel_data_path
from stack_tui.runs.events import Event
from stack_tui.runs.journal import Tail, is_held
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


class RunNotFound(StackError):
    """No run, or more than one, goes by the given name."""


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants of a run's worker; `concurrency` None leaves it to find its own.

    `retry_errors` is read when it starts: whether what ended in an error is asked for again.
    """

    wanted: Literal["run", "pause", "stop"] = "run"
    concurrency: int | None = None
    retry_errors: bool = True


_UNSAID = Control()


class Run:
    """One run's folder, for readers; `refresh` folds in what its worker has written since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = read_spec(folder)
        self.view = RunView(self.spec)
        self.tail = Tail(journal_path(folder))
        self._labelled: FileStamp | None = None

    def refresh(self) -> list[Event]:
        """Fold in what is new, and return it."""
        events = self.tail.read()
        self.view.apply(events)
        if (stamp := labels.stamp(self.folder)) != self._labelled:
            self._labelled = stamp
            self.view.relabel(labels.read(self.folder))
        if self.view.holdouts:
            seen = holdout.read_accesses(self.folder.parent, self.spec.subject.suite_name)
            if seen != self.view.accesses:
                self.view.accesses = seen
                self.view.revision += 1
        return events

    @property
    def alive(self) -> bool:
        """Whether a worker is carrying the run out now."""
        return is_held(journal_path(self.folder))

    @property
    def phase(self) -> Phase:
        """Where the run stands, from its last event and whether a worker holds it."""
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
    contest: DuelData | None = None,
) -> Path:
    """Make the run's folder with its spec in one step, and return it; raises StackError.

    `recorded` is what an earlier run recorded and this one is to grade again, `contest` what a duel
    judges.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=results, prefix=".new-"))
        try:
            keep(draft, recorded)
            return _filled(draft, spec, suite_text, contest).rename(results / spec.id)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise StackError(f"cannot hold results: {error.strerror}", where=str(results)) from None


def _filled(draft: Path, spec: RunSpec, suite_text: str | None, contest: DuelData | None) -> Path:
    draft.chmod(0o755)
    (draft / "run.toml").write_bytes(tomli_w.dumps(_plain(spec), multiline_strings=True).encode())
    if suite_text is not None:
        (draft / "suite.toml").write_bytes(suite_text.encode())
    if contest is not None:
        duel_data_path(draft).write_bytes(msgspec.json.encode(contest))
    journal_path(draft).touch()
    return draft


def _plain(spec: RunSpec) -> dict[str, object]:
    data: dict[str, object] = msgspec.to_builtins(spec)
    return data


def read_spec(folder: Path) -> RunSpec:
    """Return the run's spec; raises TomlError naming the file and the place in it."""
    path = folder / "run.toml"
    return source.convert(current_spec(source.parse(source.read_text(path), path)), RunSpec, path)


def folders(results: Path) -> list[Path]:
    """Return the folders of all runs, oldest first."""
    if not results.is_dir():
        return []
    return sorted(
        path.parent for path in results.glob("*/run.toml") if not path.parent.name.startswith(".")
    )


def find(results: Path, name: str) -> Path:
    """Return the folder of the run that `name` means: an id, a unique part of one, or `latest`."""
    known = folders(results)
    if not known:
        raise RunNotFound(
            "holds no run yet", where=str(results), remedy="Start one with: stack-tui eval SUITE"
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
        f"no run is called {name!r}", where=str(results), remedy="List them with: stack-tui runs"
    )


def find_earlier(results: Path, name: str, subject: str, aside: Path | None = None) -> Path:
    """Return the folder of the run to hold a run on `subject` against; raises RunNotFound.

    `latest` is the latest finished run on the subject but `aside`, `latest:NOTE` that among the
    runs whose note is NOTE; all else is as in `find`. Runs that cannot be read are passed over.
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
        f"no finished run of {subject} goes by {name!r}",
        where=str(results),
        remedy=f"Start one with: stack-tui eval {subject}{started_so}",
    )


def write_control(folder: Path, control: Control) -> None:
    """Say what is wanted of the run's worker; it looks about twice a second."""
    write_atomically(folder / "control.json", msgspec.json.encode(control))


def read_control(folder: Path, otherwise: Control = _UNSAID) -> Control:
    """Return what is wanted of the worker, `otherwise` where nothing readable was said."""
    try:
        return msgspec.json.decode((folder / "control.json").read_bytes(), type=Control)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return otherwise
