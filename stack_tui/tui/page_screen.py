"""A page on the whole screen."""

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.screen import Screen

from stack_tui.tui import bindings
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block
from stack_tui.tui.ui.key_line import KeyLine


class PageScreen(Screen[None]):
    """Shows what `blocks` returns, and calls it again whenever what the app knows changes."""

    # Absolute, since Textual looks for a relative one beside the subclass.
    CSS_PATH = Path(__file__).with_name("page_screen.tcss")

    BINDINGS = bindings.PAGE

    def __init__(self, blocks: Callable[[], Sequence[Block]]) -> None:
        super().__init__()
        self._blocks = blocks

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield BlockView(classes="whole")
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.app, "snapshot", self._show)
        self.watch(self.app, "endpoints", self._show)

    def _show(self) -> None:
        self.query_one(".whole", BlockView).show(self._blocks())
