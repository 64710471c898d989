"""The harness's connection to its worker, and its end with all that its tasks started."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stack_tui.benchmarks.harness import harness_client
from stack_tui.benchmarks.harness.harness_client import HarnessError
from stack_tui.benchmarks.harness.protocol import AllSent, FromHarness
from stack_tui.runner.stream import first_error

# The harness without lm-eval: connected as it is, then a task's code.
_CONNECTED = """
import os, re, subprocess, sys, time
from stack_tui.benchmarks.harness.frame_pipe import FramePipe
from stack_tui.benchmarks.harness.group_guard import guard_group
from stack_tui.benchmarks.harness.protocol import AllSent

frames, worker = (int(number) for number in sys.argv[1:])
guard_group(worker, frames)
pipe = FramePipe(frames)
"""
# A child that does not end on SIGTERM, and an expression that keeps every other thread out.
_STUBBORN = """
open("group", "w").write(str(os.getpgrp()))
subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 60; done"])
pipe.send(AllSent())
re.match("(a+)+$", "a" * 60 + "b")
"""

_KILLED_WORKER = """
import asyncio, os, sys
from stack_tui.benchmarks.harness import harness_client

harness_client.module_command = lambda _, *given: [sys.executable, "-c", CODE, *given]

async def main():
    async with harness_client.start(offline=True, log=lambda _: None) as harness:
        await harness.receive()
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


def _group_ends(group: int, within_s: float = 15.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> "list[str]":
    """Return the code that `start` runs in place of the harness, after it is connected."""
    code: list[str] = []

    def command(_: str, *arguments: str) -> list[str]:
        return [sys.executable, "-c", _CONNECTED + code[0], *arguments]

    monkeypatch.setattr(harness_client, "module_command", command)
    return code


def _ignore(_: bytes) -> None:
    pass


def _first_message() -> FromHarness:
    """Return the first message; raises what `receive` does."""

    async def exchange() -> FromHarness:
        async with asyncio.timeout(30), harness_client.start(offline=True, log=_ignore) as harness:
            return await harness.receive()

    try:
        return asyncio.run(exchange())
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None


def test_what_a_task_started_ends_with_the_harness_even_if_it_ignores_sigterm(
    running: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    running.append(_STUBBORN)
    assert isinstance(_first_message(), AllSent)
    assert _group_ends(int(Path("group").read_text()))


def test_nothing_is_left_of_the_harness_once_the_worker_was_killed(tmp_path: Path) -> None:
    worker = _KILLED_WORKER.replace("CODE", repr(_CONNECTED + _STUBBORN))
    ended = subprocess.run([sys.executable, "-c", worker], cwd=tmp_path, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert _group_ends(int((tmp_path / "group").read_text()))


def test_neither_a_forked_process_nor_a_program_holds_the_connection(running: list[str]) -> None:
    running.append(
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "os.system('sleep 60 &')\n"
        "print('out of memory', flush=True)\n"
        "os._exit(7)\n"
    )
    with pytest.raises(HarnessError, match="ended with 7: out of memory"):
        _first_message()


def test_a_long_message_comes_whole(running: list[str]) -> None:
    running.append(
        "from stack_tui.benchmarks.harness.protocol import Concluded\n"
        "pipe.send(Concluded(results={}, table='x' * 5_000_000))\n"
    )
    message = _first_message()
    assert len(getattr(message, "table", "")) == 5_000_000
