"""An output with its required and forbidden phrases highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from stack_tui.tui.ui.blocks import body, line, styled

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark

MARKED_CHARACTERS = 20_000


def marked(output: str, marks: Sequence[Mark]) -> Content:
    """Return the output with required phrases underlined and forbidden ones in reverse video.

    A forbidden phrase is marked as such even within a required one.
    """
    kinds: list[Literal["", "required", "forbidden"]] = [""] * min(len(output), MARKED_CHARACTERS)
    for mark in sorted(marks, key=lambda mark: mark.kind == "forbidden"):
        for place in range(mark.start, min(mark.end, len(kinds))):
            kinds[place] = mark.kind
    if not any(kinds):
        return body(output)
    pieces: list[Content] = []
    start = 0
    for place in range(1, len(kinds) + 1):
        if place == len(kinds) or kinds[place] != kinds[start]:
            piece, kind = output[start:place], kinds[start]
            pieces.append(styled(piece, kind) if kind else line(piece))
            start = place
    pieces.append(body(output[len(kinds) :]))
    return line(*pieces)
