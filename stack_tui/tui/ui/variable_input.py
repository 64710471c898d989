"""A line for the name of the variable that holds a key, and never for the key."""

from dataclasses import dataclass

from textual.message import Message

from stack_tui.config.config_edit import variable_problem
from stack_tui.tui.ui.safe_input import SafeInput


class VariableInput(SafeInput):
    """What cannot be a variable's name, a pasted key above all, is neither taken nor shown."""

    @dataclass
    class Refused(Message):
        """Something was typed or pasted that is no variable's name."""

        problem: str

    def replace(self, text: str, start: int, end: int) -> None:
        start, end = sorted((max(0, start), min(len(self.value), end)))
        value = f"{self.value[:start]}{text}{self.value[end:]}"
        if value and (problem := variable_problem(value)):
            self.clear()
            self.post_message(self.Refused(problem))
        else:
            super().replace(text, start, end)
