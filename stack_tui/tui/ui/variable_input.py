"""An input for the name of the variable that holds a key, never for the key itself."""

from dataclasses import dataclass

from textual.message import Message

from stack_tui.config.config_edit import variable_problem
from stack_tui.tui.ui.safe_input import SafeInput


class VariableInput(SafeInput):
    """Refuses, and never shows, what cannot be a variable's name, such as a pasted key."""

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
