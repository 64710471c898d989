"""The question that is asked where something would be lost."""

from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from stack_tui.tui import bindings

UnsavedChoice = Literal["save", "drop"]


class Unsaved(ModalScreen[UnsavedChoice | None]):
    """Gives what becomes of the changes; None goes on editing."""

    CSS_PATH = "form.tcss"

    BINDINGS = bindings.UNSAVED

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = "Not saved"
            yield Label("The changes are not saved.")
            yield Label("")
            yield Label("s  save them")
            yield Label("d  drop them")
            yield Label("esc  go on editing")
