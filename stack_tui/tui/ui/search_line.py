"""The search line at the bottom of a pane."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from stack_tui.tui.ui.safe_input import SafeInput


class SearchLine(SafeInput):
    """Hidden until opened; posts Changed at each key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(True)", "Clear the search"),
        Binding("down", "close(False)", "To the list"),
    ]

    @dataclass
    class Closed(Message):
        """The line was left; with `cleared` the search is over."""

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
