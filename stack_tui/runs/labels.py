"""People's verdicts on a run's samples: labels.jsonl beside its journal, the latest counts."""

import getpass
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.events import SampleKey

LabelKind = Literal["real failure", "bad case", "wrong judge", "flaky", "fixed", "real pass"]
LABEL_KINDS: tuple[LabelKind, ...] = get_args(LabelKind)
Key = SampleKey


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `who` said of a sample at `at` (seconds since 1970): `kind` None takes a label back.

    `judge_score`, from 1 to 5, is what the judges should have given. Passes are labelled too, since
    judges are held against labels.
    """

    at: float
    who: str
    task: str
    id: str
    repeat: int = 0
    temperature: float | None = None
    kind: LabelKind | None = None
    note: str = ""
    judge_score: float | None = None

    @property
    def key(self) -> Key:
        """What identifies the sample within its run."""
        return (self.task, self.id, self.repeat, self.temperature)


def add(folder: Path, label: Label) -> None:
    """Append the label in one write, so that two people's labels do not mix."""
    line = msgspec.json.encode(label) + b"\n"
    try:
        handle = os.open(_path(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise StackError(f"cannot be written: {reason}", where=str(_path(folder))) from None


def read(folder: Path) -> dict[Key, Label]:
    """Return the labels that stand; a line that holds none is passed over."""
    try:
        lines = _path(folder).read_bytes().splitlines()
    except OSError:
        return {}
    return standing(label for line in lines if (label := _decode(line)))


def standing(labels: Iterable[Label]) -> dict[Key, Label]:
    """Return the latest label of each sample, those that were taken back left out."""
    latest = {label.key: label for label in labels}
    return {key: label for key, label in latest.items() if label.kind is not None}


def counts(labels: Iterable[Label]) -> dict[str, int]:
    """Return how many samples have each kind of label, the kinds in their order."""
    given = [label.kind for label in labels]
    return {kind: given.count(kind) for kind in LABEL_KINDS if kind in given}


def stamp(folder: Path) -> tuple[int, int] | None:
    """Return what changes when a label is added; None where there is none."""
    try:
        status = _path(folder).stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def whoever() -> str:
    """Return the name under which labels are given: the user's."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _path(folder: Path) -> Path:
    return folder / "labels.jsonl"


def _decode(line: bytes) -> Label | None:
    try:
        return msgspec.json.decode(line, type=Label)
    except msgspec.DecodeError:
        return None
