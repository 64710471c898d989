"""How long until the app's first paint, and until --help: against a bare Textual app, in one run.

uv run python -m tests.perf.first_paint
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.terminal import Terminal

ROUNDS = 9
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("2 Runs")
Bare().run()
"""
PYTHON = [sys.executable]
COMMANDS = {
    "python": ([*PYTHON, "-c", "print('2 Runs')"], "2 Runs"),
    "stack-tui --help": (["stack-tui", "--help"], "Exit codes"),
    "bare Textual app": ([*PYTHON, "-c", BARE], "2 Runs"),
    "stack-tui": (["stack-tui"], "2 Runs"),
}


def seconds_to_show(command: list[str], text: str, folder: Path) -> float:
    """Return the time from the start of the command until the screen shows `text`."""
    began = time.perf_counter()
    with Terminal(command, size=(120, 40), cwd=folder) as terminal:
        terminal.wait_for(text)
        return time.perf_counter() - began


def main() -> None:
    """Take the commands in turn, so that what else the machine does falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for name, (command, text) in COMMANDS.items():
                taken[name].append(seconds_to_show(command, text, Path(folder)))
    bare = statistics.median(taken["bare Textual app"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(
            f"{name:<18} median {median:.3f} s  least {min(times):.3f} s"
            f"  {median - bare:+.3f} s against the bare app"
        )


if __name__ == "__main__":
    main()
