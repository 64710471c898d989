"""One field of a form: its name, what is typed, and its problem."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, TextArea

from stack_tui.config.decode import variable_problem
from stack_tui.tui.ui.safe_input import SafeInput, SafeTextArea


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name, how many lines it has, and a hint.

    With `variable` it takes the name of an environment variable, and never shows a pasted key.
    """

    name: str
    lines: int
    hint: str
    show: Callable[[Any], str]
    read: Callable[[str], Any]
    variable: bool = False


def to_texts(fields: Iterable[Field], value: object) -> dict[str, str]:
    """Return the text of each field for the value's attribute of that name."""
    return {field.name: field.show(getattr(value, field.name)) for field in fields}


class VariableInput(SafeInput):
    """Takes the name of a variable, and never shows what cannot be one, such as a pasted key."""

    @dataclass
    class Refused(Message):
        """What was typed or pasted is not a variable's name."""

        problem: str

    def replace(self, text: str, start: int, end: int) -> None:
        start, end = sorted((max(0, start), min(len(self.value), end)))
        value = f"{self.value[:start]}{text}{self.value[end:]}"
        if value and (problem := variable_problem(value)):
            self.clear()
            self.post_message(self.Refused(problem))
        else:
            super().replace(text, start, end)


class FormField(Vertical):
    """One or several lines to type in."""

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
        """What is typed; if only line ends differ, the original text to the letter."""
        if self.field.lines == 1:
            return self.query_one(Input).value
        typed = self.query_one(TextArea).text
        same = f"{typed}.".splitlines() == f"{self._text}.".splitlines()
        return self._text if same else typed

    def tell(self, problem: str) -> None:
        """Show the problem below the field; "" hides it."""
        if self.text:
            self._refusal = ""
        shown = problem or self._refusal
        label = self.query_one(".problem", Label)
        label.update(f"✗ {shown}" if shown else "")
        label.display = bool(shown)

    @on(VariableInput.Refused)
    def _tell_refusal(self, event: VariableInput.Refused) -> None:
        self._refusal = event.problem
        self.tell("")

    def focus_within(self) -> None:
        """Put the cursor into this field."""
        (self.query_one(Input) if self.field.lines == 1 else self.query_one(TextArea)).focus()
