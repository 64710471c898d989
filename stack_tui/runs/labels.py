"""People's labels for a run's samples: labels.jsonl beside its journal. The latest one counts."""

import getpass
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

import msgspec

from stack_tui.errors import StackError
from stack_tui.paths import FileStamp
from stack_tui.record_file import append_record, read_records
from stack_tui.runs.events import SampleKey

LabelKind = Literal["real failure", "bad case", "wrong judge", "flaky", "fixed", "real pass"]
LABEL_KINDS: tuple[LabelKind, ...] = get_args(LabelKind)


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's label for one sample. Passes are labelled too: they calibrate the judges."""

    at: float
    """When it was given, in seconds since 1970."""
    who: str
    """The user's name."""
    task: str
    """The sample's task: a suite's name, or a benchmark's task."""
    id: str
    """The sample's case or document."""
    repeat: int = 0
    """Which repeat of it, from 0."""
    temperature: float | None = None
    """The temperature of the attempt, None if the run has only one."""
    kind: LabelKind | None = None
    """The label; None removes an earlier one."""
    note: str = ""
    """A label note, free text."""
    judge_score: float | None = None
    """The score, from 1 to 5, that the judges should have given."""

    @property
    def key(self) -> SampleKey:
        """The sample's key within its run."""
        return (self.task, self.id, self.repeat, self.temperature)


def add(folder: Path, label: Label) -> None:
    """Store the label; raises StackError if the file cannot be written."""
    try:
        append_record(_path(folder), label)
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror or 'unknown error'}",
            where=str(_path(folder)),
            remedy="Check the folder's permissions and free space.",
        ) from None


def read(folder: Path) -> dict[SampleKey, Label]:
    """Return the labels in force; damaged lines are skipped."""
    return latest_labels(read_records(_path(folder), Label))


def latest_labels(labels: Iterable[Label]) -> dict[SampleKey, Label]:
    """Return the latest label of each sample, without those that were removed."""
    latest = {label.key: label for label in labels}
    return {key: label for key, label in latest.items() if label.kind is not None}


def counts(labels: Iterable[Label]) -> dict[str, int]:
    """Return how many samples have each kind of label, in the order of `LABEL_KINDS`."""
    given = [label.kind for label in labels]
    return {kind: given.count(kind) for kind in LABEL_KINDS if kind in given}


def stamp(folder: Path) -> FileStamp | None:
    """Return what changes if a label is added, None if there are no labels."""
    return FileStamp.of(_path(folder))


def whoever() -> str:
    """Return the user's name, under which labels and accesses are recorded."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _path(folder: Path) -> Path:
    return folder / "labels.jsonl"
