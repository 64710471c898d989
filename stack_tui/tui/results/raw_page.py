"""Requests and responses as they went over the wire, but for who asked."""

from collections.abc import Sequence
from typing import Any

import msgspec

from stack_tui.runs.events import Answer
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, body, line


def raw_blocks(answers: Sequence[Answer]) -> list[Block]:
    """Return each request with its response, as indented JSON."""
    blocks: list[Block] = []
    for answer in answers:
        again = f", asked {answer.attempts} times" if answer.attempts > 1 else ""
        took = format.latency(answer.latency_s)
        blocks.append(line((answer.role, "strong"), (f"  {took}{again}", "dim")))
        if answer.request is not None:
            blocks += [line(("request", "dim")), body(_json(answer.request))]
        blocks += [line(("response", "dim")), body(_json(answer.response))]
    return blocks or [line(("the journal holds none", "dim"))]


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
