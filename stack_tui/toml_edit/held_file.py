"""Writing a text file that people edit too: in one step, never over somebody else's change."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.paths import write_atomically

_MARK = b"\xef\xbb\xbf"


class FileChanged(StackError):
    """The file is no longer what the edit began with; nothing was written."""


@dataclass(frozen=True, slots=True)
class HeldText:
    """A file as it was read: its text, and the digest that tells whether it still is."""

    path: Path
    text: str
    seen: str


def as_read(path: Path, text: str) -> HeldText:
    """Return the text as what the file was seen to hold."""
    return HeldText(path, text, text_digest(text))


def differs(held: HeldText) -> bool:
    """Return whether the file holds another text now; one that cannot be read does."""
    try:
        content = held.path.read_bytes()
    except OSError:
        return True
    return text_digest(content.decode("utf-8-sig", "replace")) != held.seen


def text_digest(text: str) -> str:
    """Return what tells whether a file still holds the text that was read from it."""
    return hashlib.sha256(text.encode()).hexdigest()


def replace(path: Path, text: str, seen: str, remedy: str) -> None:
    """Write the text where the file's has the digest `seen`, else raise FileChanged with `remedy`.

    A mark at the file's beginning stays, as do its permissions.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileChanged("was removed since it was read", where=str(path), remedy=remedy) from None
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    if text_digest(content.decode("utf-8-sig", "replace")) != seen:
        raise FileChanged("was changed since it was read", where=str(path), remedy=remedy)
    mark = _MARK if content.startswith(_MARK) else b""
    _write(path, mark + text.encode())


def create(path: Path, text: str, remedy: str) -> None:
    """Write a new file; raises FileChanged with `remedy` where there is one of that name."""
    if path.exists():
        raise FileChanged("exists already", where=str(path), remedy=remedy)
    _write(path, text.encode())


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space, or save under another name.",
        ) from None
