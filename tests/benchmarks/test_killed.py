"""A run that is killed again and again loses nothing and asks nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from stack_tui.runs.events import Answer, RecordScores, Sample
from stack_tui.runs.journal import Tail
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out
from tests.fakes import FakeServer

KILLS = int(os.environ.get("STACK_TUI_KILLS", "4"))
DOCUMENTS = 64 + 24


def answers(journal: Path) -> list[Answer]:
    return [event for event in Tail(journal).read() if isinstance(event, Answer)]


def start(folder: Path, server: FakeServer) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.benchmarks.killed_run", str(folder)]
    return subprocess.Popen([*command, server.url, server.model], stderr=subprocess.DEVNULL)


@pytest.mark.e2e
def test_killed_at_random_moments_the_run_ends_with_an_undisturbed_runs_numbers(
    tmp_path: Path,
) -> None:
    chance = random.Random(5)
    journal = tmp_path / "journal.jsonl"
    with FakeServer("vllm", brain=KnownModel()) as server:
        for kill in range(KILLS):
            session = start(tmp_path, server)
            wanted = (kill + chance.random()) * DOCUMENTS / (KILLS + 1)
            deadline = time.monotonic() + 60
            while session.poll() is None and time.monotonic() < deadline:
                if journal.exists() and len(answers(journal)) >= wanted:
                    break
                time.sleep(0.001)
            os.kill(session.pid, signal.SIGKILL)
            session.wait(10)
        assert start(tmp_path, server).wait(60) == 0
        undisturbed = carry_out(
            server, BenchmarkSubject(tasks=("stack_smoke",)), tmp_path / "other"
        )
    recorded = Tail(journal).read()
    keys = Counter(one.key for one in recorded if isinstance(one, Answer))
    assert len(keys) == DOCUMENTS
    assert set(keys.values()) == {1}
    expected = {one.key: one.metrics for one in undisturbed if isinstance(one, Sample)}
    assert {one.key: one.metrics for one in recorded if isinstance(one, Sample)} == expected
    (scores,) = [one for one in recorded if isinstance(one, RecordScores)]
    (other,) = [one for one in undisturbed if isinstance(one, RecordScores)]
    assert scores.results["results"] == other.results["results"]
