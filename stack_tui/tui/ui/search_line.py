"""The line at a pane's foot in which one types what to look for."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from stack_tui.tui.ui.safe_input import SafeInput


class SearchLine(SafeInput):
    """Hidden until called for; says at each key what is looked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(True)", "Clear the search"),
        Binding("down", "close(False)", "To the list"),
    ]

    @dataclass
    class Closed(Message):
        """The line was left, for good where `cleared`."""

        cleared: bool

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, compact=True, classes="search", select_on_focus=False)
        self.display = False

    def open(self) -> None:
        """Show the line and type in it."""
        self.display = True
        self.focus()

    def close(self) -> None:
        """Empty and hide the line."""
        self.value = ""
        self.display = False

    def action_close(self, cleared: bool) -> None:
        self.post_message(self.Closed(cleared))

    async def action_submit(self) -> None:
        self.post_message(self.Closed(False))
