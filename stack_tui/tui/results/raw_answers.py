"""The requests and responses behind a sample, found again in the run's journal."""

from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Sample, decode
from stack_tui.runs.store import journal_path


def answers_of(folder: Path, sample: Sample) -> list[Answer]:
    """Return what was asked and answered for the sample, in the order in which it came.

    Raises StackError where the journal cannot be read.
    """
    name = msgspec.json.encode(sample.id)
    try:
        with journal_path(folder).open("rb") as journal:
            lines = [line for line in journal if name in line and b'"answer"' in line[:40]]
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    answers = (answer for line in lines if (answer := _read(line)))
    return [
        each
        for each in answers
        if (each.task, each.sample, each.repeat, each.temperature) == sample.key
    ]


def _read(line: bytes) -> Answer | None:
    try:
        event = decode(line)
    except msgspec.DecodeError:
        return None
    return event if isinstance(event, Answer) else None
