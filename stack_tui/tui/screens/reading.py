"""A document on the whole screen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from stack_tui.tui.prose import Block
from stack_tui.tui.widgets.document import Document
from stack_tui.tui.widgets.key_line import KeyLine
from stack_tui.tui.widgets.status_line import StatusLine


class Reading(Screen[None]):
    """Shows what `blocks` returns, again whenever what the app knows has changed."""

    CSS_PATH = "reading.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "app.pop_screen", "Back", key_display="esc", id="back"),
    ]

    def __init__(self, blocks: Callable[[], Sequence[Block]]) -> None:
        super().__init__()
        self._blocks = blocks

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield Document(classes="whole")
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.app, "snapshot", self._show)
        self.watch(self.app, "endpoints", self._show)

    def _show(self) -> None:
        self.query_one(".whole", Document).show(self._blocks())
