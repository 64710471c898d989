"""recorded.jsonl: what an earlier run recorded, in the folder of a run that re-grades it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.paths import write_new
from stack_tui.runs.events import Answer, Event, Fault, Sample, Started
from stack_tui.runs.journal import Tail
from stack_tui.runs.journal_line import encode


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier run's samples, their answers, its server, and notes for the reader."""

    samples: tuple[Sample, ...] = ()
    answers: Mapping[str, Answer] = {}
    server: dict[str, Any] = {}
    faults: tuple[Fault, ...] = ()


def latest_samples(journal: Path) -> list[Sample]:
    """Return the samples in a run's journal, held-out ones with their texts.

    Re-grading and duels read it, which show nobody a text. For all else use a `RunView`.
    """
    events = Tail(journal).read()
    return list({event.key: event for event in events if isinstance(event, Sample)}.values())


def recorded_path(folder: Path) -> Path:
    return folder / "recorded.jsonl"


def keep(folder: Path, events: Iterable[Event]) -> None:
    """Write the recorded events into the folder; without any, write no file."""
    if lines := b"".join(encode(event) for event in events):
        write_new(recorded_path(folder), lines)


def read_recorded(folder: Path) -> Recorded:
    """Return what the folder has of an earlier run; nothing unless the run re-grades one."""
    events = Tail(recorded_path(folder)).read()
    servers = [event.server for event in events if isinstance(event, Started)]
    return Recorded(
        samples=tuple(event for event in events if isinstance(event, Sample)),
        answers={event.key: event for event in events if isinstance(event, Answer)},
        server=servers[-1] if servers else {},
        faults=tuple(event for event in events if isinstance(event, Fault)),
    )
