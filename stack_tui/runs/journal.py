"""The append-only file of a run's events: one writer, which holds its lock, and any readers."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from stack_tui.errors import StackError
from stack_tui.paths import FileStamp, append_whole, open_to_append
from stack_tui.runs.events import Event
from stack_tui.runs.journal_line import decode, encode

_CHUNK = 1 << 20


class RunBusy(StackError):
    """Another process holds the run's journal."""


class Journal:
    """The writer; holds the lock until closed, and cuts off a line that a crash left torn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = open_to_append(path)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise RunBusy("is being run by another process", where=path.parent.name) from None
        except OSError as error:
            os.close(self._fd)
            raise _no_locks(path.parent, error) from None
        self._synced = True
        _cut_torn_line(self._fd)

    def append(self, event: Event) -> None:
        """Write the event as one line; if the disk refuses it, no part of it remains."""
        append_whole(self._fd, encode(event))
        self._synced = False

    def sync(self) -> None:
        """Flush what was appended since the last call to the disk.

        Raises FileNotFoundError if the file is no longer at its path: what is appended to a removed
        file is lost, and nobody can control a run whose folder has moved.
        """
        if FileStamp.inode_of(self.path) != os.fstat(self._fd).st_ino:
            raise FileNotFoundError(
                errno.ENOENT, "the run's folder was removed or moved", str(self.path.parent)
            )
        if not self._synced:
            self._synced = True
            os.fsync(self._fd)

    def close(self) -> None:
        try:
            os.fsync(self._fd)
        finally:
            os.close(self._fd)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def check_locks(path: Path) -> None:
    """Raise StackError if the filesystem of the file at `path` has no locks."""
    with _opened(path) as fd:
        try:
            if fd is not None:
                fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
                fcntl.flock(fd, fcntl.LOCK_UN)
        except BlockingIOError:
            return
        except OSError as error:
            raise _no_locks(path.parent, error) from None


def _no_locks(folder: Path, error: OSError) -> StackError:
    return StackError(
        f"this filesystem cannot lock files: {error.strerror}",
        where=str(folder),
        remedy="Keep runs on a local disk, with --results FOLDER.",
    )


def _cut_torn_line(fd: int) -> None:
    end = os.fstat(fd).st_size
    while end > 0:
        start = max(0, end - _CHUNK)
        newline = os.pread(fd, end - start, start).rfind(b"\n")
        if newline >= 0:
            os.ftruncate(fd, start + newline + 1)
            return
        end = start
    os.ftruncate(fd, 0)


class Tail:
    """A reader: each `read` returns the complete events that came since the last one.

    `unreadable` counts complete lines that are not events (a damaged disk, a newer version).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.unreadable = 0

    def read(self) -> list[Event]:
        """Return what is new, oldest first; an absent file has nothing new."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        events: list[Event] = []
        for line in data[:end].split(b"\n")[:-1]:
            try:
                events.append(decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
                self.unreadable += 1
        self.offset += end
        return events


def is_held(path: Path) -> bool:
    """Return whether a living process holds the journal's lock."""
    with _opened(path) as fd:
        if fd is None:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False  # a filesystem without locks: no worker can hold one
        fcntl.flock(fd, fcntl.LOCK_UN)
        return False


def wait_until_free(path: Path) -> None:
    """Return once no living process holds the journal's lock."""
    with _opened(path) as fd:
        if fd is not None:
            fcntl.flock(fd, fcntl.LOCK_SH)
            fcntl.flock(fd, fcntl.LOCK_UN)


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        yield fd
    finally:
        os.close(fd)
