"""What takes a change of a file back."""

from dataclasses import dataclass

from stack_tui.toml_edit.held_file import HeldFile


@dataclass(frozen=True, slots=True)
class Undo:
    """The text before the change, to be put back as long as the file holds the text after it."""

    what: str
    before: str
    after: HeldFile
