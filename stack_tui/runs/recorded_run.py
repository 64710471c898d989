"""recorded.jsonl: what an earlier run recorded, in the folder of one that grades it again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.runs.events import Answer, Event, Fault, Sample, Started, encode
from stack_tui.runs.journal import Tail


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier run's outcomes, the answers behind them, its server, and what is to be told."""

    samples: tuple[Sample, ...] = ()
    answers: Mapping[str, Answer] = {}
    server: dict[str, Any] = {}
    faults: tuple[Fault, ...] = ()


def latest_samples(journal: Path) -> list[Sample]:
    """Return the samples in a run's journal, held-out ones with their texts.

    It is for grading and judging what was recorded, which shows nothing to anyone: for all else
    there is the `RunView`.
    """
    events = Tail(journal).read()
    return list({event.key: event for event in events if isinstance(event, Sample)}.values())


def recorded_path(folder: Path) -> Path:
    return folder / "recorded.jsonl"


def keep(folder: Path, events: Iterable[Event]) -> None:
    """Write what was recorded into the folder; nothing for no events."""
    if lines := b"".join(encode(event) for event in events):
        recorded_path(folder).write_bytes(lines)


def read_recorded(folder: Path) -> Recorded:
    """Return what the folder holds of an earlier run, nothing where the run began by itself."""
    events = Tail(recorded_path(folder)).read()
    servers = [event.server for event in events if isinstance(event, Started)]
    return Recorded(
        samples=tuple(event for event in events if isinstance(event, Sample)),
        answers={event.key: event for event in events if isinstance(event, Answer)},
        server=servers[-1] if servers else {},
        faults=tuple(event for event in events if isinstance(event, Fault)),
    )
