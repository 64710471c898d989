"""Putting a suite to a model, and its outputs to judges: a stream of events and nothing else."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.limit import Limit, Stopped
from stack_tui.runs.events import Answer, Event, Planned, Prefix, TaskPlan
from stack_tui.suites.asking import Asker
from stack_tui.suites.case import Suite
from stack_tui.suites.outcome import is_judged, prefix_id, take_sample

SampleKey = tuple[str, str, int]


async def evaluate(
    suite: Suite,
    model: Client,
    judges: Sequence[Client],
    *,
    repeats: int,
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield what happens: each answer before what rests on it, each sample when it is settled.

    Answers in `recorded`, by key, are not asked for again; samples in `done` are left out. Once
    `stopping` is set nothing more is sent, what is in flight is yielded, and the stream ends.
    """
    yield _planned(suite, repeats, judges)
    if prefix := prefix_id(suite):
        yield Prefix(at=time.time(), id=prefix, text=suite.system)
    happened: asyncio.Queue[Event | _Sign] = asyncio.Queue()
    askers = {client: Asker(client, recorded, happened.put_nowait) for client in (model, *judges)}
    crowd = _Crowd([client.limit for client in askers])
    panel = [askers[judge] for judge in judges]

    async def carry_out(place: int, repeat: int) -> None:
        try:
            happened.put_nowait(await take_sample(suite, place, repeat, askers[model], panel))
        except Stopped:
            pass
        finally:
            happened.put_nowait(_CASE_ENDED)

    async def carry_out_all() -> None:
        async with asyncio.TaskGroup() as group:
            for repeat in range(repeats):
                for place, case in enumerate(suite.cases):
                    if (suite.name, case.id, repeat) in done:
                        continue
                    await crowd.enter()
                    if stopping.is_set():
                        return
                    group.create_task(carry_out(place, repeat))

    work = asyncio.create_task(carry_out_all())
    work.add_done_callback(lambda _: happened.put_nowait(_ALL_ENDED))
    closing = asyncio.create_task(_close_once(stopping, crowd.limits))
    try:
        while (event := await happened.get()) is not _ALL_ENDED:
            if isinstance(event, _Sign):
                crowd.leave()
            else:
                yield event
        await work
    finally:
        for task in (work, closing):
            task.cancel()
        await asyncio.gather(work, closing, return_exceptions=True)


class _Sign:
    """Something that happened and that only the stream itself wants to know."""


_CASE_ENDED, _ALL_ENDED = _Sign(), _Sign()


class _Crowd:
    """The cases in flight: enough to keep requests waiting at every limit, which it grows by."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self.limits = list(limits)
        self._size = 0
        self._room = asyncio.Event()

    async def enter(self) -> None:
        """Wait for room. It is made when a case's end was taken from the stream, not before."""
        while self._size >= 2 * sum(limit.current for limit in self.limits) + 8:
            self._room.clear()
            await self._room.wait()
        self._size += 1

    def leave(self) -> None:
        """Make room for one more."""
        self._size -= 1
        self._room.set()


async def _close_once(stopping: asyncio.Event, limits: Iterable[Limit]) -> None:
    await stopping.wait()
    for limit in limits:
        limit.close()


def _planned(suite: Suite, repeats: int, judges: Sequence[Client]) -> Planned:
    judged = sum(is_judged(case, judges) for case in suite.cases)
    requests = (len(suite.cases) + judged * len(judges)) * repeats
    samples = len(suite.cases) * repeats
    plan = TaskPlan(name=suite.name, samples=samples, requests=requests, route="chat")
    return Planned(at=time.time(), tasks=(plan,))
