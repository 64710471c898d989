"""The bounded stream between stages, and the stream of a run's events."""

import asyncio

import pytest

from stack_tui.errors import StackError
from stack_tui.runner.stream import Emit, Stream, stream_events
from stack_tui.runs.events import Fault


def fault(number: int) -> Fault:
    return Fault(at=0, message=str(number))


def test_a_reader_gets_everything_in_order_and_ends_when_the_stream_is_closed() -> None:
    async def scenario() -> tuple[list[int], int]:
        stream: Stream[int] = Stream(2)
        sent = 0

        async def send() -> None:
            nonlocal sent
            for number in range(10):
                await stream.send(number)
                sent += 1
            stream.close()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            await asyncio.sleep(0.01)
            before = sent
            return [number async for number in stream], before

    assert asyncio.run(scenario()) == (list(range(10)), 2)


def test_closing_wakes_a_reader_that_waits() -> None:
    async def scenario() -> list[int]:
        stream: Stream[int] = Stream(2)

        async def read() -> list[int]:
            return [number async for number in stream]

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        stream.close()
        async with asyncio.timeout(5):
            return await reading

    assert asyncio.run(scenario()) == []


def test_a_slow_consumer_holds_up_the_work() -> None:
    emitted = 0

    async def work(emit: Emit) -> None:
        nonlocal emitted
        for number in range(10_000):
            await emit(fault(number))
            emitted += 1

    async def scenario() -> None:
        events = stream_events(work)
        await anext(events)
        await asyncio.sleep(0.05)
        await events.aclose()

    asyncio.run(scenario())
    assert emitted < 1000


def test_what_the_work_raises_comes_after_its_events() -> None:
    async def work(emit: Emit) -> None:
        async with asyncio.TaskGroup() as group:
            await emit(fault(0))
            group.create_task(fail())
            await asyncio.Event().wait()

    async def fail() -> None:
        raise StackError("the harness died")

    async def scenario() -> None:
        events = stream_events(work)
        assert await anext(events) == fault(0)
        with pytest.raises(StackError, match="the harness died"):
            await anext(events)

    asyncio.run(scenario())
