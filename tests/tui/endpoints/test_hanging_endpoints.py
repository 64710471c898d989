"""Endpoints that hang: none of them delays another, or a key."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints import probe
from stack_tui.endpoints.health import Health
from stack_tui.endpoints.latency import time_requests
from stack_tui.tui.app import StackApp
from tests.fakes import FakeServer
from tests.fakes.silent import SilentServer
from tests.tui.data import (
    screen_text,
    wait_for,
)
from tests.tui.state.test_endpoint_poller import Answers, watching


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    async def discover(ports: Sequence[int]) -> list[Health]:
        return []

    monkeypatch.setattr(probe, "discover", discover)
    monkeypatch.setattr(probe, "CHECK_S", 2.0)
    answers = Answers()
    yield answers
    for watch in answers.watches:
        watch.stop()


@pytest.fixture(params=[b"", b"z"], ids=["silent", "dripping"])
def hanging(request: pytest.FixtureRequest) -> Iterator[SilentServer]:
    with SilentServer(request.param) as server:
        yield server


def test_what_accepts_and_says_nothing_whole_is_stale_and_delays_no_other(
    hanging: SilentServer, answers: Answers
) -> None:
    slow = Endpoint(name="slow", url=hanging.url)
    with FakeServer("vllm") as server:
        quick = Endpoint(name="quick", url=server.url)
        watching(answers).watch([slow, quick])
        answers.wait(lambda a: slow in a.endpoints)
    assert answers.endpoints[0] == quick
    assert asyncio.run(probe.check(slow)).state == "stale"


def test_a_name_that_is_looked_up_for_ever_delays_no_other(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name.endswith(".example"):
            over.wait(60)
        return real("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    lost = [Endpoint(name=f"{n}", url=f"http://{n}.example/v1") for n in range(40)]
    with FakeServer("vllm") as server:
        quick = Endpoint(name="quick", url=f"http://localhost:{server.port}/v1")
        watch = watching(answers)
        watch.watch(lost)
        answers.wait(lambda a: bool(a.endpoints))
        watch.watch([*lost, quick])
        answers.wait(lambda a: bool(a.loads))
    over.set()


def test_keys_are_answered_while_every_endpoint_hangs(
    hanging: SilentServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    endpoints = {f"slow-{n}": Endpoint(name=f"slow-{n}", url=hanging.url) for n in range(3)}

    async def main() -> None:
        app = StackApp(Config(endpoints=endpoints), tmp_path / "runs")
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, lambda: hanging.accepted.acquire(blocking=False))
            await pilot.press("1", "down")
            await pilot.pause()
            assert "· asking" in screen_text(app)
            assert app.screen.query_one("EndpointsPane Table").row == 1  # type: ignore[attr-defined]

    before = set(threading.enumerate())
    asyncio.run(main())
    ours = (thread for thread in threading.enumerate() if "_serve" not in thread.name)
    for thread in set(ours) - before:
        if thread.is_alive():  # one that is only about to start cannot be joined
            thread.join(20)
        assert not thread.is_alive(), "the app has ended, and this thread has not"


def test_timing_one_that_hangs_ends_in_time(hanging: SilentServer) -> None:
    slow = Endpoint(name="slow", url=hanging.url, model="m")
    found = asyncio.run(time_requests(slow, lambda _: None, within_s=0.2))
    assert found.failure is not None
    assert found.failure.kind == "timeout"
