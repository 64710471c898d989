"""The question that stands between a key and a loss."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from stack_tui.text import one_line
from stack_tui.tui import bindings


class Confirm(ModalScreen[bool]):
    """Gives whether it is to be done; `lost` says what is gone then, and how it comes back."""

    CSS_PATH = "form.tcss"

    BINDINGS = bindings.CONFIRM

    def __init__(self, title: str, lost: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._lost = lost
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(one_line(self._title))
            yield Label(self._lost, markup=False)
            yield Label("")
            yield Label(f"y    {self._yes}", markup=False)
            yield Label("esc  leave it as it is")
