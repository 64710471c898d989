"""What a run has waited for too long is named once."""

import asyncio

import pytest

from stack_tui.endpoints.limit import Stopped
from stack_tui.runner.stopping import unless_stopped
from stack_tui.runner.watchdog import Wait, Watchdog
from stack_tui.runs.events import Event, Finding


def describe() -> Wait:
    return Wait(task="t", what="scoring document 3", cause="It is stuck.")


class Watched:
    """A watchdog that looks every millisecond, and what it has emitted."""

    def __init__(self, *, paused: bool = False) -> None:
        self.found: list[Event] = []
        self.first = asyncio.Event()
        self.dog = Watchdog(self._emit, lambda: paused, look_s=0.001)

    async def _emit(self, event: Event) -> None:
        self.found.append(event)
        self.first.set()


def test_a_wait_of_ten_timeouts_is_named_once() -> None:
    async def scenario() -> list[Event]:
        watched = Watched()
        running = asyncio.create_task(watched.dog.run())
        with watched.dog.waiting(0.0005, describe), watched.dog.waiting(60, describe):
            await watched.first.wait()
            await asyncio.sleep(0.02)
        running.cancel()
        return watched.found

    (finding,) = asyncio.run(scenario())
    assert isinstance(finding, Finding)
    assert (finding.check, finding.task, finding.cause) == ("stalled", "t", "It is stuck.")
    assert finding.seen.startswith("scoring document 3 has taken 0:00:00")


def test_neither_a_wait_that_ended_nor_a_pause_counts() -> None:
    async def scenario() -> list[Event]:
        watched, paused = Watched(), Watched(paused=True)
        running = [asyncio.create_task(one.dog.run()) for one in (watched, paused)]
        with watched.dog.waiting(0.0005, describe):
            pass
        with paused.dog.waiting(0.0005, describe):
            await asyncio.sleep(0.03)
        for one in running:
            one.cancel()
        return [*watched.found, *paused.found]

    assert not asyncio.run(scenario())


def test_a_stop_cuts_work_short() -> None:
    async def scenario() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().call_soon(stopping.set)
        await unless_stopped(stopping, asyncio.Event().wait())

    with pytest.raises(Stopped):
        asyncio.run(scenario())


def test_work_that_no_stop_cuts_short_gives_its_result_or_error() -> None:
    async def scenario(fails: bool) -> int:
        async def work() -> int:
            if fails:
                raise ValueError("no")
            return 7

        return await unless_stopped(asyncio.Event(), work())

    assert asyncio.run(scenario(False)) == 7
    with pytest.raises(ValueError, match="no"):
        asyncio.run(scenario(True))
