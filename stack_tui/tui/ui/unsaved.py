"""The question that is asked where something would be lost."""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

UnsavedChoice = Literal["save", "drop"]


class Unsaved(ModalScreen[UnsavedChoice | None]):
    """Gives what becomes of the changes; None goes on editing."""

    CSS_PATH = "form.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "dismiss('save')", "Save", id="unsaved.save"),
        Binding("d", "dismiss('drop')", "Drop", id="unsaved.drop"),
        Binding("escape", "dismiss(None)", "Go on editing", id="form.cancel"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = "Not saved"
            yield Label("The changes are not saved.")
            yield Label("")
            yield Label("s  save them")
            yield Label("d  drop them")
            yield Label("esc  go on editing")
