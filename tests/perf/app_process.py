"""The app in a terminal of 120 by 40, its keys timed and its process looked at from outside."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.terminal import Terminal

SIZE = (120, 40)
_ANSWER_WITHIN_S = 20.0


@contextmanager
def opened(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """Open the app in the folder, away from the configuration of whoever measures."""
    env = {"XDG_CONFIG_HOME": str(folder / "none"), "STACK_TUI_CONFIG": "", "LANG": "C.UTF-8"}
    (folder / "cases").mkdir(exist_ok=True)
    with Terminal(["stack-tui", *arguments], size=SIZE, cwd=folder, env=env) as terminal:
        terminal.wait_for("2 Runs")
        yield terminal


def seconds_until(terminal: Terminal, key: str, holds: Callable[[], bool]) -> float:
    """Press the key, and return how long it took until what made `holds` true was there."""
    pressed = time.perf_counter()
    terminal.press(key)
    terminal.wait_until(holds, f"an answer to {key}", _ANSWER_WITHIN_S)
    return terminal.read_at - pressed


def sample_shown(terminal: Terminal) -> tuple[int, str]:
    """Return where the cursor of the Results stands, and what the sample's first line says."""
    lines = terminal.screen
    title = "4 Results"
    top, left = next((y, text.index(title)) for y, text in enumerate(lines) if title in text)
    results = [text[left - 3 :] for text in lines[top:]]
    cursor = next((y for y, text in enumerate(results) if "▌" in text), -1)
    return cursor, next((text for text in results if "_subject_" in text and " · " in text), "")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds, its own and the kernel's, that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Return the process's resident memory in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def over(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Watch for that long; return the bytes written a second, and the share of a core used."""
    before, used, began = len(terminal.raw), cpu_s(terminal.pid), time.perf_counter()
    while (left := began + seconds - time.perf_counter()) > 0:
        terminal.drain(left)
    took = time.perf_counter() - began
    return (len(terminal.raw) - before) / took, (cpu_s(terminal.pid) - used) / took
