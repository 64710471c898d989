"""Samples taken side by side, as many at once as keep requests waiting at every limit."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import Event, Sample

SampleJob = Callable[[], Awaitable[Sample]]


class _Sign:
    """Something that happened and that only the stream itself wants to know."""


_ONE_ENDED, _ALL_ENDED = _Sign(), _Sign()


class SampleRunner:
    """The samples in flight; `tell` takes what happens on the way to one."""

    def __init__(self, clients: Iterable[Client], stopping: asyncio.Event) -> None:
        self._limits = [client.limit for client in clients]
        self._stopping = stopping
        self._happened: asyncio.Queue[Event | _Sign] = asyncio.Queue()
        self._size = 0
        self._room = asyncio.Event()

    def tell(self, event: Event) -> None:
        """Put the event into the stream."""
        self._happened.put_nowait(event)

    async def events(self, jobs: Iterable[SampleJob]) -> AsyncGenerator[Event, None]:
        """Yield what happens while all the jobs are done, the sample of each at its end.

        Once `stopping` is set nothing more is sent, what is in flight is yielded, and the stream
        ends.
        """
        work = asyncio.create_task(self._do_all(jobs))
        work.add_done_callback(lambda _: self._happened.put_nowait(_ALL_ENDED))
        closing = asyncio.create_task(self._close_once_stopping())
        try:
            while (event := await self._happened.get()) is not _ALL_ENDED:
                if isinstance(event, _Sign):
                    self._leave()
                else:
                    yield event
            await work
        finally:
            for task in (work, closing):
                task.cancel()
            await asyncio.gather(work, closing, return_exceptions=True)

    async def _do_all(self, jobs: Iterable[SampleJob]) -> None:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                await self._enter()
                if self._stopping.is_set():
                    return
                group.create_task(self._do(job))

    async def _do(self, job: SampleJob) -> None:
        try:
            self.tell(await job())
        except Stopped:
            pass
        finally:
            self._happened.put_nowait(_ONE_ENDED)

    async def _enter(self) -> None:
        """Wait for room. It is made when a sample's end was taken from the stream, not before."""
        while self._size >= 2 * sum(limit.current for limit in self._limits) + 8:
            self._room.clear()
            await self._room.wait()
        self._size += 1

    def _leave(self) -> None:
        self._size -= 1
        self._room.set()

    async def _close_once_stopping(self) -> None:
        await self._stopping.wait()
        for limit in self._limits:
            limit.close()
