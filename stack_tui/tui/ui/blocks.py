"""Paragraphs of pages, made from untrusted text, which is always shown literally."""

from collections.abc import Sequence
from typing import Final, Literal

from textual.content import Content

from stack_tui.text import printable
from stack_tui.tui.host import Block as Block
from stack_tui.tui.ui.icons import Icon, Tone

Part = str | Content | tuple[str, Tone]

TextStyle = Literal["required", "forbidden", "removed", "added", "marked tab", "done", "to do"]

LABEL_WIDTH = 12
_LONGEST = 20_000
_TONES: Final[dict[Tone, str]] = {
    "": "",
    "strong": "bold",
    "dim": "$muted",
    "accent": "$accent",
    "good": "$success",
    "bad": "$error",
    "warn": "$warning",
}
_LOOKS: Final[dict[TextStyle, str]] = {
    "required": "bold underline $success",
    "forbidden": "bold $inverse on $error",
    "removed": "strike $error",
    "added": "bold underline $success",
    "marked tab": "bold $inverse on $accent",
    "done": "$accent",
    "to do": "$bar-rest",
}


def line(*parts: Part) -> Content:
    """Return the parts in a row; a pair is a text and its tone."""
    return Content.assemble(*(_safe(part) for part in parts))


def styled(text: str, look: TextStyle) -> Content:
    """Return the text in that style."""
    return Content.assemble((printable(text), _LOOKS[look]))


def signed(sign: Icon) -> Content:
    """Return the sign and its word in their tone."""
    return line((str(sign), sign.tone))


def body(text: str) -> Content:
    """Return a long text, cut at a length that nobody reads to the end, with a note of the rest."""
    if len(text) <= _LONGEST:
        return line(text)
    left = len(text) - _LONGEST
    return line(
        text[:_LONGEST],
        (f"\n… {left:,} more characters; write the sample to a file to see them", "dim"),
    )


def field(label: str, *parts: Part, width: int = LABEL_WIDTH) -> Block:
    """Return a value beside its label, wrapped within its own column."""
    value = line(*parts)

    def lay_out(room: int) -> Sequence[Content]:
        lines = value.wrap(max(room - width, 8)) or [Content("")]
        return [
            line((label.ljust(width) if row == 0 else " " * width, "dim"), text)
            for row, text in enumerate(lines)
        ]

    return lay_out


def heading(title: str, *after: Part) -> Block:
    """Return a title with a rule to the end of the line, and `after` on the right."""
    end = line(*after)

    def lay_out(room: int) -> Sequence[Content]:
        rule = room - Content(title).cell_length - end.cell_length - 2
        parts: list[Part] = [(title, "strong"), " ", ("─" * max(1, rule), "dim")]
        return [line(*parts, " ", end) if end else line(*parts, ("─", "dim"))]

    return lay_out


def bar(share: float, *after: Part) -> Block:
    """Return a progress bar as wide as there is room, with `after` on the right."""
    end = line(*after)

    def lay_out(room: int) -> Sequence[Content]:
        return [line(meter(share, room - end.cell_length - 2), "  ", end)]

    return lay_out


def meter(share: float, width: int) -> Content:
    """Return a bar `width` cells wide, filled up to `share` (0 to 1)."""
    width = max(1, width)
    full = min(width, max(0, int(share * width + 1e-9)))
    return line(styled("━" * full, "done"), styled("─" * (width - full), "to do"))


def _safe(part: Part) -> str | Content | tuple[str, str]:
    if isinstance(part, Content):
        return part
    if isinstance(part, str):
        return printable(part)
    text, tone = part
    return (printable(text), _TONES[tone])
