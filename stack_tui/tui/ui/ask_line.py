"""A question that one line answers."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from stack_tui.tui import bindings
from stack_tui.tui.ui.safe_input import SafeInput


class AskLine(ModalScreen[str | None]):
    """Gives what was typed, None where one thinks better of it; `problem` says what is wrong."""

    CSS_PATH = "form.tcss"

    BINDINGS = bindings.DIALOG

    def __init__(
        self, title: str, hint: str, value: str = "", problem: Callable[[str], str] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value
        self._problem = problem or (lambda _: "")

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(self._title)
            yield Label(self._hint, markup=False)
            yield SafeInput(self._value, compact=True)
            yield Label("", id="problem", markup=False)

    def on_input_submitted(self) -> None:
        """Take what was typed, or say what is wrong with it."""
        value = self.query_one(Input).value.strip()
        if problem := self._problem(value):
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(value)
