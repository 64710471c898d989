"""Textual's inputs, with control codes in their text made visible."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Input, TextArea

from stack_tui.text import visible


class SafeInput(Input):
    """A line to type in."""

    def render_line(self, y: int) -> Strip:
        return _harmless(super().render_line(y))


class SafeTextArea(TextArea):
    """Lines to type in."""

    def render_line(self, y: int) -> Strip:
        return _harmless(super().render_line(y))


def _harmless(strip: Strip) -> Strip:
    shown = [Segment(visible(text), style) for text, style, _ in strip]
    return Strip(shown).adjust_cell_length(strip.cell_length)
