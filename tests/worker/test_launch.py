"""A worker in a process of its own: what it survives, and what is said where it cannot begin."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import preflight, probe
from stack_tui.endpoints.retry import ONCE
from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.journal import RunBusy, Tail
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.store import journal_path
from stack_tui.toml_edit.source import TomlError
from stack_tui.worker import control, launch
from stack_tui.worker.probe_record import read_probe
from stack_tui.worker.requests import BenchmarkRun, SuiteRun
from stack_tui.worker.worker_process import CannotStart, WorkerError, spawn
from tests.benchmarks.known_model import KnownModel
from tests.fakes import FakeServer
from tests.worker.runs import SUITE, carried_out, make, read, reply, scores


def endpoint(server: FakeServer) -> Endpoint:
    """The fake server as an endpoint."""
    return Endpoint(name="fake", url=server.url, model=server.model, timeout_s=20)


def suite_file(folder: Path) -> Path:
    """Write SUITE into a file."""
    path = folder / "tiny.toml"
    path.write_text(SUITE)
    return path


def pid_of(folder: Path) -> int:
    """Return the process id of the run's worker."""
    view = read(folder).view
    assert view.started is not None
    return view.started.pid


def wait_until_free(folder: Path) -> None:
    """Wait until no worker holds the run, by waiting for its lock."""
    command = "import fcntl,sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_SH)"
    subprocess.run([sys.executable, "-c", command, journal_path(folder)], check=True, timeout=30)


def test_a_run_is_carried_out_by_a_process_of_its_own(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        itself = endpoint(server)
        request = SuiteRun(suite=suite_file(tmp_path), endpoint=itself, judges=(itself,))
        folder = launch.start(request, tmp_path / "runs")
        assert pid_of(folder) != os.getpid()
        assert os.getsid(pid_of(folder)) == pid_of(folder)
        wait_until_free(folder)
    assert read(folder).phase == "finished"


def test_killed_at_random_moments_it_loses_nothing_and_asks_for_nothing_twice(
    tmp_path: Path,
) -> None:
    chance = random.Random(3)
    with FakeServer("vllm", reply) as server:
        undisturbed = scores(carried_out(make(tmp_path / "calm", server)).folder)
        folder = make(tmp_path / "killed", server)
        for _ in range(4):
            recorded = answers(folder)
            server.hold()
            before = len(server.asked)
            spawn(folder)
            server.wait_for(before + 1)
            server.release()
            server.wait_for(before + 1 + chance.randrange(3))
            os.kill(pid_of(folder), signal.SIGKILL)
            wait_until_free(folder)
            assert answers(folder)[: len(recorded)] == recorded
        control.resume(folder)
        wait_until_free(folder)
    assert read(folder).phase == "finished"
    assert scores(folder) == undisturbed
    keys = [event.key for event in answers(folder)]
    assert len(keys) == len(set(keys)) == 12
    samples = [
        event.key for event in Tail(journal_path(folder)).read() if isinstance(event, Sample)
    ]
    assert len(samples) == len(set(samples)) == 6


def answers(folder: Path) -> list[Answer]:
    """Return the answers that the run's journal holds."""
    return [event for event in Tail(journal_path(folder)).read() if isinstance(event, Answer)]


def test_a_hangup_does_not_end_it(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        folder = make(tmp_path, server)
        spawn(folder)
        server.wait_for(1)
        os.kill(pid_of(folder), signal.SIGHUP)
        server.release()
        wait_until_free(folder)
    assert read(folder).phase == "finished"


def test_stop_from_outside_leaves_a_run_to_resume(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        folder = make(tmp_path, server)
        spawn(folder)
        server.wait_for(1)
        control.stop(folder)
        journal_says(folder, lambda: read(folder).view.state == "stopping")
        server.release()
        wait_until_free(folder)
        assert read(folder).phase == "stopped"
        control.resume(folder)
        wait_until_free(folder)
    assert read(folder).phase == "finished"


def journal_says(folder: Path, condition: Callable[[], bool]) -> None:
    """Wait until the run's journal has grown to meet the condition; raises TimeoutError."""
    pause = threading.Event()
    for _ in range(500):
        if condition():
            return
        pause.wait(0.02)
    raise TimeoutError(f"{folder.name} never got there")


def test_a_run_that_is_being_carried_out_is_not_started_again(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        folder = make(tmp_path, server)
        spawn(folder)
        with pytest.raises(RunBusy):
            control.resume(folder)
        server.release()
        wait_until_free(folder)


def test_a_worker_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
    (folder / "run.toml").write_text("id = 3\n")
    with pytest.raises(WorkerError, match=r"run\.toml"):
        spawn(folder)


def test_a_bad_suite_makes_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[suite]\nname = 3\n")
    with FakeServer("vllm", reply) as server, pytest.raises(TomlError):
        launch.start(SuiteRun(suite=path, endpoint=endpoint(server)), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_an_endpoint_that_is_gone_makes_no_folder(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        gone = endpoint(server)
    with pytest.raises(EndpointError, match="fake"):
        launch.start(SuiteRun(suite=suite_file(tmp_path), endpoint=gone), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_pausing_a_run_that_no_worker_has_says_how_to_go_on(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
    with pytest.raises(Exception, match="stack-tui resume"):
        control.pause(folder)


def test_a_pause_sends_nothing_more_until_it_proceeds(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        folder = make(tmp_path, server)
        spawn(folder)
        server.wait_for(2)
        control.pause(folder)
        journal_says(folder, lambda: read(folder).view.state == "paused")
        server.release()
        journal_says(folder, lambda: len(answers(folder)) == 2)
        assert len(server.asked) == 2
        control.proceed(folder)
        wait_until_free(folder)
    assert read(folder).phase == "finished"


def test_a_server_that_is_gone_when_a_run_is_resumed_is_named_with_the_remedy(
    tmp_path: Path,
) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path, server)
    with pytest.raises(CannotStart, match="nothing listens there") as caught:
        control.resume(folder)
    assert caught.value.exit_code == 3
    assert caught.value.remedy


def test_a_wish_that_cannot_be_read_is_as_if_nothing_was_said(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        folder = make(tmp_path, server)
        (folder / "control.json").write_text("{garbage")
        spawn(folder)
        server.wait_for(1)
        (folder / "control.json").write_text("{garbage again")
        server.release()
        wait_until_free(folder)
    assert read(folder).phase == "finished"


def test_samples_that_a_damaged_journal_lost_are_asked_for_again(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = carried_out(make(tmp_path, server)).folder
        lines = journal_path(folder).read_bytes().splitlines(keepends=True)
        place = next(n for n, line in enumerate(lines) if line.startswith(b'{"kind":"sample"'))
        lines[place] = b"\0" * 40 + b"\n"
        journal_path(folder).write_bytes(b"".join(lines))
        damaged = read(folder)
        assert (damaged.phase, damaged.tail.unreadable) == ("errors", 1)
        control.resume(folder)
        wait_until_free(folder)
    assert read(folder).phase == "finished"
    assert read(folder).view.total.done == 6


def kinds_of_requests(server: FakeServer) -> Counter[tuple[str, str]]:
    """Return how often each route was asked, generations of the run aside."""
    return Counter((asked.method, asked.path) for asked in server.requests)


def test_a_start_probes_the_endpoint_once_and_a_resume_does_so_anew(tmp_path: Path) -> None:
    smoke = BenchmarkSubject(tasks=("stack_smoke_answer",), limit=2)
    with FakeServer("vllm", brain=KnownModel()) as server:
        itself = endpoint(server)

        async def look() -> None:
            async with connect(itself, policy=ONCE) as client:
                await preflight(client)
                await probe(client)

        asyncio.run(look())
        probing = kinds_of_requests(server)
        server.requests.clear()
        request = BenchmarkRun(benchmark=smoke, endpoint=itself)
        folder = launch.start(request, tmp_path / "runs")
        wait_until_free(folder)
        started = kinds_of_requests(server)
        assert started["GET", "/version"] == probing["GET", "/version"] > 0
        assert (
            started["POST", "/v1/chat/completions"] == probing["POST", "/v1/chat/completions"] > 0
        )
        record = read_probe(folder)
        assert record is not None
        assert set(record.tasks) >= set(smoke.tasks)
        os.truncate(journal_path(folder), journal_path(folder).stat().st_size // 2)
        control.resume(folder)
        wait_until_free(folder)
        resumed = kinds_of_requests(server)
        assert resumed["GET", "/version"] == 2 * probing["GET", "/version"]
        assert not (folder / "endpoint.json").exists()
    assert read(folder).phase == "finished"
