"""Bounded streams: what joins two stages, and what carries a run's events to its consumer."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Generic, Self, TypeVar

from stack_tui.errors import StackError
from stack_tui.runs.events import Event

T = TypeVar("T")
Emit = Callable[[Event], Awaitable[None]]

# A consumer that fsyncs falls behind by less than this many events; a stuck one stops its senders.
_EVENTS = 256


class _End:
    """Wakes a reader that waits on an empty stream when the stream is closed."""


class EndRun(Exception):
    """Raised by a job or a stage to end the whole run with `error`."""

    def __init__(self, error: StackError) -> None:
        super().__init__(str(error))
        self.error = error


class Stream(Generic[T]):
    """A queue of at most `size` items with one reader, which ends when it is closed and empty.

    `asyncio.Queue.shutdown` would do the same, but needs Python 3.13. anyio's memory streams yield
    to the event loop for every item, which takes 7 times as long.
    """

    def __init__(self, size: int) -> None:
        self._queue: asyncio.Queue[T | _End] = asyncio.Queue(size)
        self._closed = False

    async def send(self, item: T) -> None:
        """Add the item, after waiting for room."""
        await self._queue.put(item)

    @property
    def is_full(self) -> bool:
        """Whether `send` would wait."""
        return self._queue.full()

    def close(self) -> None:
        """End the stream after the items already in it; call it when nobody sends any more."""
        self._closed = True
        if self._queue.empty():
            self._queue.put_nowait(_End())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if self._closed and self._queue.empty():
            raise StopAsyncIteration
        item = await self._queue.get()
        if isinstance(item, _End):
            raise StopAsyncIteration
        return item


async def stream_events(work: Callable[[Emit], Awaitable[None]]) -> AsyncGenerator[Event, None]:
    """Yield what `work` emits, in order; afterwards raise what it raised.

    A consumer that leaves cancels the work. Of an exception group, its first error is raised.
    """
    events: Stream[Event] = Stream(_EVENTS)
    # The one task outside a TaskGroup: a group entered here, across the yields, would cancel the
    # consumer's own code when the work fails. It is awaited on every way out.
    working = asyncio.create_task(_run(work, events))
    try:
        async for event in events:
            yield event
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _run(work: Callable[[Emit], Awaitable[None]], events: Stream[Event]) -> None:
    try:
        await work(events.send)
    except (EndRun, BaseExceptionGroup) as error:
        raise first_error(error) from None
    finally:
        events.close()


def first_error(error: BaseException) -> BaseException:
    """Return the error that ended a task group: its first StackError, else its first error."""
    leaves = list(_leaves(error))
    return next((leaf for leaf in leaves if isinstance(leaf, StackError)), leaves[0])


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error.error if isinstance(error, EndRun) else error
