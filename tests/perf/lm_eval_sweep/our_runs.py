"""stack-tui's own command on tasks of the sweep."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A fact of the report, and how to go on.
_NO_REASON = re.compile(r"  [\w ]+: {2,}|\s*(failed; |full report |── |! |run \d|\S+: preparing|$)")
_REASON_LINES = 2


@dataclass(frozen=True)
class OurRun:
    """What is the same for all tasks; `options` are more words of the command line."""

    datasets: Path
    options: tuple[str, ...]
    limit: int
    gen: Mapping[str, str | int]
    fewshot: int | None
    timeout_s: int

    def run(self, tasks: Sequence[str], folder: Path) -> None:
        """Run the tasks at once; lm-eval's files, or `error.txt`, are written below `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "stack_tui", "bench", *tasks, *self.options]
        command += ["--datasets", str(self.datasets), "--limit", str(self.limit)]
        command += ["--confirm-unsafe", "--trust-remote-code", "--results", str(folder.resolve())]
        for name, value in self.gen.items():
            command += ["--gen", f"{name}={value}"]
        if self.fewshot is not None:
            command += ["--fewshot", str(self.fewshot)]
        with subprocess.Popen(
            command,
            cwd=self.datasets,  # where the stand-ins for metrics are found
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=self.timeout_s)
            except subprocess.TimeoutExpired:
                _kill_all(folder)
                process.kill()
                output, _ = process.communicate()
                output += f"\nno result within {self.timeout_s} s"
        (folder / "log.txt").write_text(output, encoding="utf-8")
        if process.returncode != 0:
            error = f"exit {process.returncode}: {_reason(output)}\n"
            (folder / "error.txt").write_text(error, encoding="utf-8")


def _reason(output: str) -> str:
    """Return the last lines that say why there is no result."""
    lines = [line for line in output.splitlines() if not _NO_REASON.match(line)]
    return ". ".join(line.strip().rstrip(".") for line in lines[-_REASON_LINES:])


def _kill_all(folder: Path) -> None:
    """Kill the worker of a run below `folder`, which runs in a session of its own."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"stack_tui.worker" in words and any(bytes(folder) in word for word in words):
            os.killpg(int(entry.name), signal.SIGKILL)
