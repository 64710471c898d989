"""One field of a form: its name, what is typed, and what is wrong with that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, TextArea

from stack_tui.tui.ui.safe_input import SafeInput, SafeTextArea
from stack_tui.tui.ui.variable_input import VariableInput


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name in what it edits, its lines, and a word of help.

    One that is for a `variable` takes the name of one, and never shows a key that is pasted there.
    """

    name: str
    lines: int
    hint: str
    show: Callable[[Any], str]
    read: Callable[[str], Any]
    variable: bool = False


class FormField(Vertical):
    """A line to type in, or several of them."""

    def __init__(self, field: Field, text: str) -> None:
        super().__init__()
        self.field = field
        self._text = text
        self._refusal = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self.field.name.replace("_", " "), markup=False)
            if self.field.lines == 1:
                kind = VariableInput if self.field.variable else SafeInput
                yield kind(self._text, placeholder=self.field.hint, compact=True)
            else:
                area = SafeTextArea(
                    self._text,
                    soft_wrap=True,
                    tab_behavior="focus",
                    placeholder=self.field.hint,
                    compact=True,
                    highlight_cursor_line=False,
                )
                area.styles.height = self.field.lines
                yield area
        problem = Label("", classes="problem", markup=False)
        problem.display = False
        yield problem

    @property
    def text(self) -> str:
        """What is typed; to the letter what the case has, where only line ends are others."""
        if self.field.lines == 1:
            return self.query_one(Input).value
        typed = self.query_one(TextArea).text
        same = f"{typed}.".splitlines() == f"{self._text}.".splitlines()
        return self._text if same else typed

    def tell(self, problem: str) -> None:
        """Show what is wrong with what is typed, or nothing."""
        if self.text:
            self._refusal = ""
        told = problem or self._refusal
        label = self.query_one(".problem", Label)
        label.update(f"✗ {told}" if told else "")
        label.display = bool(told)

    @on(VariableInput.Refused)
    def _tell_refusal(self, event: VariableInput.Refused) -> None:
        self._refusal = event.problem
        self.tell("")

    def focus_within(self) -> None:
        """Type in this field."""
        (self.query_one(Input) if self.field.lines == 1 else self.query_one(TextArea)).focus()
