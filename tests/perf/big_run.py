"""Opening and reading a big finished run, and one at which 500 samples a second arrive. By hand:

    python -m tests.perf.big_run [SAMPLES]

prints how long opening takes, how fast keys are answered, what sorting, filtering and searching
take, and the app's memory with the run open and with five of them opened in turn.
"""

import statistics
import sys
import tempfile
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.perf import journals
from tests.perf.app_process import opened, resident_mb, sample_shown, seconds_until

ROUNDS = 5
PRESSES = 150
PER_SECOND = 500
_KEYS = ("down", "pagedown", "down", "]", "down", "pagedown", "up", "]", "pageup", "down")


def main() -> None:
    """Measure all in turn, on runs made for it."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else journals.MMLU
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = folder / "eval-results"
        for number in range(ROUNDS):
            journals.make(results, samples, name=f"big{number}")
        journals.make(results, 100, name="zfew")
        print(f"{samples:,} samples, {_megabytes(results)} MB of journal each")
        _finished(folder)
    with tempfile.TemporaryDirectory() as name:
        _alone(Path(name), samples)
    with tempfile.TemporaryDirectory() as name, journals.live(Path(name), samples, PER_SECOND):
        _arriving(Path(name), samples)


def _finished(folder: Path) -> None:
    with opened(folder) as terminal:
        terminal.wait_for("zfew_subject_00 · 0")
        terminal.wait_until(lambda: "… reading" not in terminal.text, "every run read")
        terminal.press("2")
        base = resident_mb(terminal.pid)
        times, memory = [], []
        for number in reversed(range(ROUNDS)):
            times.append(_seconds_to_show(terminal, f"big{number}_subject_00 · 0"))
            memory.append(resident_mb(terminal.pid))
        _tell("opens", times)
        print(f"  memory: {base:.0f} MB with all runs listed and a small one open,")
        print(f"  {memory[0]:.0f} MB with a big one, {max(memory):.0f} MB at most with all in turn")
        terminal.press("4")
        _tell_keys(terminal, "keys")
        for key, what in (("f", "failing first"), ("f", "failing only"), ("o", "sort by outcome")):
            screen = terminal.text
            _tell(what, [seconds_until(terminal, key, lambda: terminal.text != screen)])  # noqa: B023
            terminal.drain(1.0)
        terminal.press("f", "home")
        _tell_search(terminal)
        print(f"  memory at the end: {resident_mb(terminal.pid):.0f} MB")


def _alone(folder: Path, samples: int) -> None:
    """Time the start of the app on the run alone, from its first paint to its samples."""
    journals.make(folder / "eval-results", samples, name="alone")
    times = []
    for _ in range(ROUNDS):
        with opened(folder) as terminal:
            painted = terminal.read_at
            terminal.wait_for("alone_subject_00 · 0")
            times.append(terminal.read_at - painted)
            memory = resident_mb(terminal.pid)
    _tell("opens at the start, after first paint", times)
    print(f"  memory: {memory:.0f} MB")


def _arriving(folder: Path, samples: int) -> None:
    with opened(folder) as terminal:
        terminal.wait_for("live_subject_")
        terminal.press("4", "home")
        terminal.wait_until(lambda: sample_shown(terminal)[0] > 0, "a cursor")
        _tell_keys(terminal, f"keys, {PER_SECOND} samples/s arriving")
        print(f"  memory: {resident_mb(terminal.pid):.0f} MB")


def _seconds_to_show(terminal: Terminal, text: str) -> float:
    return seconds_until(terminal, "down", partial(_shows, terminal, text))


def _seconds_to_answer(terminal: Terminal, key: str) -> float:
    before = sample_shown(terminal)
    return seconds_until(terminal, key, lambda: sample_shown(terminal) != before)


def _tell_keys(terminal: Terminal, what: str) -> None:
    times = []
    for key in islice(cycle(_KEYS), PRESSES):
        times.append(_seconds_to_answer(terminal, key))
        terminal.drain(0.05)
    _tell(what, times)


def _tell_search(terminal: Terminal) -> None:
    """Time each letter of a word, typed one after the other into the search line."""
    terminal.press("/")
    terminal.wait_for("words, or status:")
    times = []
    for typed in ("e", "en", "enz", "enzy"):
        shown = partial(_shows, terminal, f"{typed} ")
        times.append(seconds_until(terminal, typed[-1], shown))
        terminal.drain(1.0)
    _tell("search, a letter", times)
    terminal.press("escape")


def _shows(terminal: Terminal, text: str) -> bool:
    return text in terminal.text


def _tell(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{what:<36} n {len(times):>3}  median {1000 * statistics.median(times):>5.0f} ms"
        f"  p95 {1000 * p95:>5.0f} ms  most {1000 * ordered[-1]:>5.0f} ms",
        flush=True,
    )


def _megabytes(results: Path) -> str:
    sizes = [path.stat().st_size for path in results.glob("*big0/journal.jsonl")]
    return f"{sizes[0] / 1e6:.1f}"


if __name__ == "__main__":
    main()
