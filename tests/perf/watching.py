"""What the app writes to the terminal and takes of the CPU: idle, and watching a live run. By hand:

    python -m tests.perf.watching [SECONDS]

prints bytes written a second, and the share of one core, at 120 by 40. A server on one of the
well-known ports is found and its state painted whenever it changes: for the cost of idling alone,
have none, or `unshare -n` before the command.
"""

import sys
import tempfile
from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.perf import journals
from tests.perf.app_process import opened, over

RATES = (1, 20, 100, 500)
_SETTLE_S = 4.0


def main() -> None:
    """Watch in turn: nothing at all, a finished run, and runs at which samples arrive."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as name, opened(Path(name)) as terminal:
        _tell("idle, no run", terminal, seconds)
    with tempfile.TemporaryDirectory() as name:
        journals.make(Path(name) / "eval-results", journals.MMLU)
        with opened(Path(name)) as terminal:
            _tell("idle, a finished run", terminal, seconds)
    for rate in RATES:
        with (
            tempfile.TemporaryDirectory() as name,
            journals.live(Path(name), 2000, rate),
            opened(Path(name)) as terminal,
        ):
            terminal.wait_for("running")
            _tell(f"live, {rate} samples/s", terminal, seconds)


def _tell(what: str, terminal: Terminal, seconds: float) -> None:
    terminal.drain(_SETTLE_S)
    bytes_a_second, share = over(terminal, seconds)
    print(f"{what:<24} {bytes_a_second:>7,.0f} B/s   {100 * share:>5.1f} % of a core", flush=True)


if __name__ == "__main__":
    main()
