"""Writing a suite's file: only what is valid, and never over somebody else's change."""

from pathlib import Path

from stack_tui import edited_file
from stack_tui.suites import store


def save(path: Path, text: str, seen: str) -> None:
    """Write the suite's new text where the file's text still has the digest `seen`.

    Raises TomlError where `text` is no valid suite, FileChanged where the file is another by now.
    """
    store.parse(text, path)
    remedy = "Save under another name, or read the file again and repeat the edit."
    edited_file.replace(path, text, seen, remedy)


def create(path: Path, text: str) -> None:
    """Write a new suite; raises TomlError where `text` is none, FileChanged over a file."""
    store.parse(text, path)
    edited_file.create(path, text, "Choose another name.")
