"""Writing a suite's file: only what is valid, and never over somebody else's change."""

from pathlib import Path

from stack_tui.suites.model import suite_store
from stack_tui.toml_edit import held_file


def save(path: Path, text: str, seen: str) -> None:
    """Write the suite's new text where the file's text still has the digest `seen`.

    Raises TomlError where `text` is no valid suite, FileChanged where the file is another by now.
    """
    suite_store.parse(text, path)
    remedy = "Save under another name, or read the file again and repeat the edit."
    held_file.replace(path, text, seen, remedy)


def create(path: Path, text: str) -> None:
    """Write a new suite; raises TomlError where `text` is none, FileChanged over a file."""
    suite_store.parse(text, path)
    held_file.create(path, text, "Choose another name.")
