"""Writing a suite's file: only what is valid, and never over somebody else's change."""

import hashlib
from pathlib import Path

from stack_tui import paths, toml_file
from stack_tui.errors import StackError
from stack_tui.suites import store

_MARK = b"\xef\xbb\xbf"


class SuiteChanged(StackError):
    """The file is no longer what the edit began with; nothing was written."""


def text_digest(text: str) -> str:
    """Return what tells whether a file still holds the text that was read from it."""
    return hashlib.sha256(text.encode()).hexdigest()


def save(path: Path, text: str, seen: str) -> None:
    """Write the suite's new text where the file's text still has the digest `seen`.

    Raises TomlError where `text` is no valid suite, SuiteChanged where the file is another by now.
    """
    store.parse(text, path)
    remedy = "Save under another name, or read the file again and repeat the edit."
    if not path.exists():
        raise SuiteChanged("was removed since it was read", where=str(path), remedy=remedy)
    if text_digest(toml_file.read_text(path)) != seen:
        raise SuiteChanged("was changed since it was read", where=str(path), remedy=remedy)
    with path.open("rb") as file:
        mark = _MARK if file.read(len(_MARK)) == _MARK else b""
    _write(path, mark + text.encode())


def create(path: Path, text: str) -> None:
    """Write a new suite; raises TomlError where `text` is none, SuiteChanged over a file."""
    store.parse(text, path)
    if path.exists():
        raise SuiteChanged("exists already", where=str(path), remedy="Choose another name.")
    _write(path, text.encode())


def _write(path: Path, content: bytes) -> None:
    try:
        paths.write_atomically(path, content)
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space, or save under another name.",
        ) from None
