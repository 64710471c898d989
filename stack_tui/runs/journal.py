"""The append-only file of a run's events: one writer that holds its lock, any number of readers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from stack_tui.errors import StackError
from stack_tui.paths import append_whole
from stack_tui.runs.events import Event, decode, encode

_CHUNK = 1 << 20


class RunBusy(StackError):
    """Another process holds the run's journal."""


class Journal:
    """The writer's end; holds the lock until closed, and cuts off what a crash left torn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise RunBusy(
                "is being carried out by another process", where=path.parent.name
            ) from None
        self._synced = True
        _cut_torn_line(self._fd)

    def append(self, event: Event) -> None:
        """Write the event as one line; if the disk refuses it, no part of it remains."""
        append_whole(self._fd, encode(event))
        self._synced = False

    def sync(self) -> None:
        """Make durable what was appended since the last call."""
        if not self._synced:
            self._synced = True
            os.fsync(self._fd)

    def close(self) -> None:
        self.sync()
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
    """A reader's end: gives the whole events that came since the last call.

    `unreadable` counts whole lines that hold no event (a damaged disk, another version).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.unreadable = 0

    def read(self) -> list[Event]:
        """Return what is new, oldest first; an absent file has nothing new."""
        return [event for _, event in self.read_placed()]

    def read_placed(self) -> list[tuple[int, Event]]:
        """Return what is new, each event with the offset in bytes at which its line begins."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        events: list[tuple[int, Event]] = []
        place = self.offset
        for line in data[:end].splitlines(keepends=True):
            try:
                events.append((place, decode(line)))
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.unreadable += 1
            place += len(line)
        self.offset += end
        return events


def read_at(path: Path, offset: int) -> Event:
    """Return the event whose line begins at `offset`, as `Tail.read_placed` gave it."""
    with path.open("rb") as file:
        file.seek(offset)
        return decode(file.readline())


def is_held(path: Path) -> bool:
    """Say whether a living process holds the journal's lock."""
    with _opened(path) as fd:
        if fd is None:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
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
