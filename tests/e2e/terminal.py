"""A real terminal for tests: a pty, the program in a session of its own, and pyte as the screen."""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PATIENCE_S = 30.0
_KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "space": " ",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
}
# Makes its process what a login shell starts: the terminal is its own, and no signal is ignored, as
# SIGINT is by a test runner in the background. Run after the fork, where there are no threads.
_LOGIN = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_INHERITED_SIZE = ("COLUMNS", "LINES")


class _Screen(pyte.Screen):
    """pyte's screen, whose answers to a program's questions go where `answer` sends them."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)

    def lines_of_text(self) -> list[str]:
        rows = (self.buffer[y] for y in range(self.lines))
        return ["".join(row[x].data for x in range(self.columns)).rstrip() for row in rows]


class Terminal:
    """A program running in a terminal of `size` (columns, rows); leaving the context kills it.

    The environment is this process's with `env` on top; commands of its Python are found first.
    `read_at` is when its latest output came, on the clock of `time.perf_counter`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.read_at = 0.0
        self._raw = bytearray()
        self._screen = _Screen(*size, answer=self.type)
        self._stream = pyte.Stream(self._screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._master, slave = pty.openpty()
        self._set_size(size)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-ISc", _LOGIN, *command],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=_environment(env or {}),
                cwd=cwd,
                start_new_session=True,
            )
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._close()

    @property
    def screen(self) -> list[str]:
        """The lines that the screen shows now, without the spaces at their ends."""
        while self._read(0):
            pass
        return self._screen.lines_of_text()

    @property
    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.screen)

    @property
    def raw(self) -> bytes:
        """Everything that the program has written."""
        while self._read(0):
            pass
        return bytes(self._raw)

    @property
    def pid(self) -> int:
        """The program's process id, which is its session's too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The program's exit code (below 0: the signal that ended it), None while it runs."""
        return self._process.poll()

    def press(self, *keys: str) -> None:
        """Press keys one after the other: characters, or names such as enter, f1, ctrl+p.

        What comes at once after escape makes one key with it: wait for what escape does first.
        """
        self.type("".join(map(_bytes_of, keys)))

    def type(self, text: str) -> None:
        """Send text as it is."""
        os.write(self._master, text.encode())

    def wait_for(self, text: str, timeout: float = PATIENCE_S) -> None:
        """Read until the screen shows `text` on one line; fails with the screen after `timeout`."""
        self.wait_until(lambda: text in self.text, repr(text), timeout)

    def wait_gone(self, text: str, timeout: float = PATIENCE_S) -> None:
        """Read until no line of the screen shows `text`; fails with the screen after `timeout`."""
        self.wait_until(lambda: text not in self.text, f"a screen without {text!r}", timeout)

    def wait_until(
        self, holds: Callable[[], bool], what: str = "the condition", timeout: float = PATIENCE_S
    ) -> None:
        """Read until `holds` says so, asked after each output; fails after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                shown = "\n".join(self.screen)
                ended = "" if self.exit_code is None else f"; it ended with {self.exit_code}"
                raise AssertionError(f"never came: {what}{ended}. The screen:\n{shown}")

    def drain(self, seconds: float) -> None:
        """Take in what comes for that long, whatever it is."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._read(left):
            pass

    def wait_exit(self, timeout: float = PATIENCE_S) -> int:
        """Read until the program has ended, and return its exit code."""
        deadline = time.monotonic() + timeout
        while self._master >= 0 and self._read(max(0.0, deadline - time.monotonic())):
            pass
        return self._process.wait(max(0.0, deadline - time.monotonic()))

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program gets SIGWINCH."""
        self._screen.resize(rows, columns)
        self._set_size((columns, rows))

    def hangup(self) -> None:
        """Close the terminal, as a lost SSH connection does; the session gets SIGHUP."""
        self._close()

    def _set_size(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def _read(self, timeout: float) -> bool:
        """Take in what comes within `timeout` seconds; False where nothing does, or no more can."""
        if self._master < 0 or not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # Linux says EIO where the other end is closed
            return False
        self.read_at = time.perf_counter()
        self._raw += data
        self._stream.feed(self._decode(data))
        return bool(data)

    def _close(self) -> None:
        if self._master >= 0:
            os.close(self._master)
            self._master = -1


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in os.environ if name not in _INHERITED_SIZE}
    commands = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return inherited | {"TERM": "xterm-256color", "PATH": commands} | dict(own)


def _bytes_of(key: str) -> str:
    if len(key) == 1:
        return key
    if key.startswith("ctrl+") and len(key) == 6:
        return chr(ord(key[-1].upper()) ^ 0x40)
    return _KEYS[key]
