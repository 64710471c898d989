"""The requests and responses behind a sample: read from the run's journal, shown as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.journal_line import decode
from stack_tui.runs.store import journal_path
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, body, line

_TAG_WITHIN = 40
"""How far into a journal line its event's tag may stand: only those lines are decoded."""


def read_answers(folder: Path, sample: Sample) -> list[Answer]:
    """Return the sample's requests with their responses, oldest first.

    Raises StackError if the journal cannot be read.
    """
    name = msgspec.json.encode(sample.id)
    try:
        with journal_path(folder).open("rb") as journal:
            lines = [line for line in journal if name in line and b'"answer"' in line[:_TAG_WITHIN]]
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    answers = (answer for line in lines if (answer := _decode(line)))
    return [
        each
        for each in answers
        if (each.task, each.sample, each.repeat, each.temperature) == sample.key
    ]


def _decode(line: bytes) -> Answer | None:
    try:
        event = decode(line)
    except msgspec.DecodeError:
        return None
    return event if isinstance(event, Answer) else None


def answer_blocks(answers: Sequence[Answer]) -> list[Block]:
    """Return each request with its response as indented JSON."""
    blocks: list[Block] = []
    for answer in answers:
        tries = f", {answer.attempts} tries" if answer.attempts > 1 else ""
        took = format.latency(answer.latency_s)
        blocks.append(line((answer.role, "strong"), (f"  {took}{tries}", "dim")))
        if answer.request is not None:
            blocks += [line(("request", "dim")), body(_json(answer.request))]
        blocks += [line(("response", "dim")), body(_json(answer.response))]
    return blocks or [line(("none in the journal", "dim"))]


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
