"""The commands on a real model in a real server: what a user runs, and what is left afterwards."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack_tui.endpoints.embedded import shared_server
from stack_tui.runs.events import Answer
from stack_tui.runs.journal import Tail
from stack_tui.runs.store import Run, journal_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shared_server.available(), reason="the extra demo is not installed"),
]
REPOSITORY = Path(__file__).parents[2]
SUITE = """
[suite]
name = "short"
system = "Answer in one short sentence."
prompt = "{input}"
max_tokens = 12
length_check = false
""" + "".join(
    f'\n[[case]]\nid = "{place.lower()}"\ninput = "What is the capital of {place}?"\n'
    f'must_mention = ["{capital}"]\nrubric = "Names {capital}."\n'
    for place, capital in (("France", "Paris"), ("Italy", "Rome"), ("Japan", "Tokyo"))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with one suite, and one embedded server for all tests of the module."""
    folder = tmp_path_factory.mktemp("e2e")
    (folder / "cases").mkdir()
    (folder / "cases" / "short.toml").write_text(SUITE)
    lease = shared_server.acquire(120)
    yield folder
    lease.close()


def stack_tui(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in the folder."""
    return subprocess.run(
        [sys.executable, "-m", "stack_tui", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def report_of(folder: Path, run: str) -> list[tuple[object, ...]]:
    """Return what the run's report says of each case."""
    report = json.loads((folder / "eval-results" / run / "report.json").read_bytes())
    keys = ("id", "output", "rule_score", "judge_score", "status")
    return [tuple(result[key] for key in keys) for result in report["results"]]


def test_demo_runs_the_guides_suite_and_prints_its_report(folder: Path) -> None:
    ran = stack_tui(folder, "--cases", str(REPOSITORY / "cases"), "demo", "--headless")
    assert ran.returncode == 0, ran.stderr
    assert re.search(
        r"── eval summary ──\n"
        r"  cases:           2\n"
        r"  rule avg:        \d\.\d\d / 1\.00\n"
        r"  rule pass rate:  \d+%\n"
        r"  judge avg:       \d\.\d\d / 5\.00\n"
        r"  judge pass rate: \d+%\n"
        r"\n── per-case ──\n"
        r"  [✓✗] solar-system          rule=\d\.\d\d  judge=\d",
        ran.stdout,
    )
    assert "full report → eval-results/custom.json" in ran.stdout
    report = json.loads((folder / "eval-results" / "custom.json").read_bytes())
    assert [result["id"] for result in report["results"]] == ["solar-system", "kv-cache"]
    assert "4.6 billion" in report["results"][0]["output"]


def test_a_run_killed_and_resumed_ends_as_an_undisturbed_one(folder: Path) -> None:
    calm = stack_tui(folder, "eval", "short", "--endpoint", "embedded")
    assert calm.returncode == 0, calm.stderr
    undisturbed = calm.stderr.partition("run ")[2].split()[0]
    detached = stack_tui(folder, "eval", "short", "--endpoint", "embedded", "--detach", "--json")
    name = json.loads(detached.stdout)["run"]
    run = Run(folder / "eval-results" / name)
    run.refresh()
    assert run.view.started is not None
    os.kill(run.view.started.pid, signal.SIGKILL)
    assert stack_tui(folder, "resume", name).returncode == 0
    assert report_of(folder, name) == report_of(folder, undisturbed)
    events = Tail(journal_path(run.folder)).read()
    keys = [event.key for event in events if isinstance(event, Answer)]
    assert len(keys) == len(set(keys))


def test_report_and_runs_speak_json(folder: Path) -> None:
    listed = json.loads(stack_tui(folder, "runs", "--json").stdout)
    assert {row["state"] for row in listed} == {"finished"}
    report = json.loads(stack_tui(folder, "report", "latest", "--json").stdout)
    assert report["summary"]["n_cases"] == 3
    assert report["run"]["endpoint"]["url"] == "embedded:smollm2"


def test_watch_tells_every_sample_and_ends_with_the_report(folder: Path) -> None:
    watched = stack_tui(folder, "watch", "latest")
    assert watched.returncode == 0
    assert all(name in watched.stderr for name in ("france", "italy", "japan"))
    assert "── eval summary ──" in watched.stdout


def test_a_stop_then_a_resume_by_command_completes_the_run(folder: Path) -> None:
    name = stack_tui(folder, "eval", "short", "-e", "embedded", "--detach").stdout.strip()
    stopped = stack_tui(folder, "stop", name)
    assert stopped.returncode in (0, 2), stopped.stderr
    resumed = stack_tui(folder, "resume", name)
    assert resumed.returncode == 0, resumed.stderr
    assert stack_tui(folder, "resume", name).stderr.startswith(f"{name} is complete")


def test_the_shell_gets_no_control_codes_without_a_terminal(folder: Path) -> None:
    ran = stack_tui(folder, "report", "latest")
    assert "\x1b" not in ran.stdout + ran.stderr
