"""Asking the endpoints beside the screen."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints import gpu, probe
from stack_tui.endpoints.gpu import Gpus
from stack_tui.endpoints.health import Health
from stack_tui.tui.state.endpoint_poller import EndpointPoller, Reports
from stack_tui.tui.state.metrics_history import Load
from tests.fakes import FakeServer
from tests.tui.data import JUDGE, LOCAL, up

Check = Callable[[Endpoint, str], "asyncio.Future[Health]"]


class Answers:
    """Collects what a watch reports, and waits for it."""

    def __init__(self) -> None:
        self.endpoints: list[Endpoint] = []
        self.discovered = 0
        self.loads: list[Load] = []
        self.gpu_notes: list[str] = []
        self.watches: list[EndpointPoller] = []
        self._news = threading.Condition()

    def answered(self, health: Health) -> None:
        with self._news:
            self.endpoints.append(health.endpoint)
            self._news.notify_all()

    def measured(self, endpoint: Endpoint, load: Load) -> None:
        with self._news:
            self.loads.append(load)
            self._news.notify_all()

    def gpus(self, gpus: Gpus) -> None:
        with self._news:
            self.gpu_notes.append(gpus.note)
            self._news.notify_all()

    def found(self, found: list[Health]) -> None:
        with self._news:
            self.discovered += 1
            self._news.notify_all()

    def wait(self, until: Callable[["Answers"], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: until(self), 20)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    async def check(endpoint: Endpoint, known: str = "") -> Health:
        if endpoint == JUDGE:
            await asyncio.Event().wait()
        return up(endpoint)

    async def discover(ports: Sequence[int]) -> list[Health]:
        return []

    monkeypatch.setattr(probe, "check", check)
    monkeypatch.setattr(probe, "discover", discover)
    monkeypatch.setattr(gpu, "read_gpus", lambda: Gpus(note="no NVIDIA driver here"))
    answers = Answers()
    yield answers
    for watch in answers.watches:
        watch.stop()


def watching(answers: Answers, *endpoints: Endpoint) -> EndpointPoller:
    watch = EndpointPoller(Reports(answers.answered, answers.measured, answers.found, answers.gpus))
    answers.watches.append(watch)
    watch.watch(endpoints)
    threading.Thread(target=watch.run, daemon=True).start()
    return watch


def test_it_ends_when_it_is_stopped_whatever_hangs(answers: Answers) -> None:
    watch = EndpointPoller(Reports(answers.answered, answers.measured, answers.found, answers.gpus))
    watch.watch([JUDGE, LOCAL])
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    answers.wait(lambda a: a.endpoints == [LOCAL])
    watch.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_an_endpoint_that_hangs_delays_no_other(answers: Answers) -> None:
    watch = watching(answers)
    watch.watch([JUDGE, LOCAL])
    answers.wait(lambda a: a.endpoints == [LOCAL])


def test_all_are_asked_again_when_wanted(answers: Answers) -> None:
    watch = watching(answers)
    watch.watch([LOCAL, JUDGE])
    answers.wait(lambda a: len(a.endpoints) == 1)
    watch.poll_now()
    answers.wait(lambda a: a.endpoints == [LOCAL, LOCAL])


def test_an_endpoint_that_comes_later_is_asked_too(answers: Answers) -> None:
    watch = watching(answers)
    watch.watch([LOCAL])
    answers.wait(lambda a: a.endpoints == [LOCAL])
    other = Endpoint(name="other", url="http://127.0.0.1:9/v1")
    watch.watch([LOCAL, other])
    answers.wait(lambda a: a.endpoints == [LOCAL, other])


def test_the_local_ports_are_looked_at_by_itself(answers: Answers) -> None:
    watching(answers)
    answers.wait(lambda a: a.discovered == 1)


def test_where_there_is_no_gpu_that_is_said_once(answers: Answers) -> None:
    watching(answers)
    answers.wait(lambda a: a.gpu_notes == ["no NVIDIA driver here"])


def test_the_load_of_a_server_that_is_up_is_read_from_its_metrics(answers: Answers) -> None:
    with FakeServer("vllm") as server:
        watch = watching(answers)
        watch.watch([Endpoint(name="fake", url=server.url)])
        answers.wait(lambda a: bool(a.loads))
    assert answers.loads[0].running is not None


def test_a_server_is_asked_once_at_the_start(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is a configured one discovered too, nor a discovered one checked once more."""
    configured = Endpoint(name="mine", url="http://localhost:8000/v1")
    found = Endpoint(name="localhost:8080", url="http://127.0.0.1:8080/v1")
    checked: list[Endpoint] = []
    ports: list[int] = []

    async def check(endpoint: Endpoint, known: str = "") -> Health:
        checked.append(endpoint)
        return up(endpoint)

    async def discover(among: Sequence[int]) -> list[Health]:
        ports.extend(among)
        return [up(found)]

    monkeypatch.setattr(probe, "check", check)
    monkeypatch.setattr(probe, "discover", discover)
    watch = watching(answers, configured)
    answers.wait(lambda a: a.discovered == 1 and a.endpoints == [configured])
    watch.watch([configured, found])
    answers.wait(lambda a: a.endpoints == [configured, found])
    assert checked == [configured]
    assert 8000 not in ports
    assert 8080 in ports
