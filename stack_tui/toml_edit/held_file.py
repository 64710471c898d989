"""A text file that people edit too: written in one step, and never over somebody else's change."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.paths import locked, write_atomically, write_through

_BOM = b"\xef\xbb\xbf"


class FileChanged(StackError):
    """The file is no longer what was read; nothing was written."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file's path, the text that was read from it, and that text's digest."""

    path: Path
    text: str
    digest: str

    @classmethod
    def of(cls, path: Path, text: str) -> "HeldFile":
        """Return the file as it is if it holds this text."""
        return cls(path, text, _digest(text))

    def differs(self) -> bool:
        """Return whether the file holds another text now; one that cannot be read does."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return True
        return _digest(content.decode("utf-8-sig", "replace")) != self.digest

    def replaced(self, text: str, remedy: str) -> "HeldFile":
        """Write the new text and return the file as it is then.

        Its permissions and a byte order mark are kept. Raises FileChanged, with `remedy`, if the
        file no longer holds the text that was read.
        """
        with _folder_locked(self.path):
            return self._replaced(text, remedy)

    def _replaced(self, text: str, remedy: str) -> "HeldFile":
        where = str(self.path)
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            raise FileChanged("was removed since it was read", where=where, remedy=remedy) from None
        except OSError as error:
            raise StackError(
                f"cannot be read: {error.strerror}",
                where=where,
                remedy="Check the file's permissions.",
            ) from None
        if _digest(content.decode("utf-8-sig", "replace")) != self.digest:
            raise FileChanged("was changed since it was read", where=where, remedy=remedy)
        mark = _BOM if content.startswith(_BOM) else b""
        _write(self.path, mark + text.encode(), write_through)
        return HeldFile.of(self.path, text)


def create(path: Path, text: str, remedy: str) -> HeldFile:
    """Write a new file; raises FileChanged, with `remedy`, if one of that name exists."""
    with _folder_locked(path):
        if path.exists() or path.is_symlink():
            raise FileChanged("exists already", where=str(path), remedy=remedy)
        _write(path, text.encode(), write_atomically)
    return HeldFile.of(path, text)


@contextmanager
def _folder_locked(path: Path) -> Iterator[None]:
    """Let nobody else change a file in the folder between the check and the change."""
    try:
        with locked(path.resolve().parent):
            yield
    except FileNotFoundError:
        raise StackError(
            "cannot be written: its folder does not exist",
            where=str(path),
            remedy="Create it first.",
        ) from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, content: bytes, write: Callable[[Path, bytes], None]) -> None:
    try:
        write(path, content)
    except OSError as error:
        raise StackError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space, or save under another name.",
        ) from None
