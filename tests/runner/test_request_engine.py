"""What jobs, stops and unexpected exceptions do to the request engine."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Limit, Stopped
from stack_tui.errors import Failure, StackError
from stack_tui.runner.request_engine import Job, ListedJobs, RequestEngine, gather_all
from stack_tui.runner.stream import Emit, EndRun, stream_events
from stack_tui.runs.events import Event, Sample


def sample(place: int, failure: Failure | None = None) -> Sample:
    return Sample(
        at=0,
        task="t",
        id=str(place),
        place=place,
        status="error" if failure else "ok",
        failure=failure,
    )


def job(place: int, run: Callable[[], Awaitable[None]]) -> Job:
    async def answered() -> Sample:
        await run()
        return sample(place)

    return Job(answered, partial(sample, place))


def start(
    runs: Sequence[Callable[[], Awaitable[None]]],
    stopping: asyncio.Event | None = None,
    limit: Limit | None = None,
) -> AsyncGenerator[Event, None]:
    async def work(emit: Emit) -> None:
        engine = RequestEngine([limit or Limit(2)], stopping or asyncio.Event(), emit, timeout_s=9)
        await engine.run(ListedJobs(job(place, run) for place, run in enumerate(runs)))

    return stream_events(work)


async def collect(events: AsyncGenerator[Event, None]) -> list[Sample]:
    async with asyncio.timeout(30):
        return [event async for event in events if isinstance(event, Sample)]


async def fine() -> None:
    await asyncio.sleep(0)


def raising(error: BaseException) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await asyncio.sleep(0)
        raise error

    return run


UNFORESEEN = [
    AttributeError("'str' object has no attribute 'get'"),
    KeyError("x"),
    RecursionError(),
    MemoryError(),
    OverflowError("int too large"),
    OSError("no such place"),
    StackError("not an endpoint's"),
    StopIteration(),
    TimeoutError(),
    ExceptionGroup("two", [ValueError("one"), TypeError("other")]),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.sampled_from(UNFORESEEN)), max_size=60))
def test_arbitrary_exceptions_at_random_jobs_leave_every_job_accounted_for(
    errors: list[Exception | None],
) -> None:
    runs = [fine if error is None else raising(error) for error in errors]
    logging.disable(logging.ERROR)
    try:
        found = asyncio.run(collect(start(runs)))
    finally:
        logging.disable(logging.NOTSET)
    assert sorted(one.place for one in found) == list(range(len(errors)))
    by_place = {one.place: one.failure for one in found}
    for place, error in enumerate(errors):
        failure = by_place[place]
        assert (failure is None) == (error is None)
        assert failure is None or failure.kind == "internal"


def test_an_unexpected_exception_is_named_with_its_place_in_sample_and_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (found,) = asyncio.run(collect(start([raising(KeyError("id"))])))
    assert found.failure is not None
    assert found.failure.kind == "internal"
    assert found.failure.message.startswith("KeyError in test_request_engine.py:")
    assert found.failure.message in caplog.text
    assert "worker.log" in found.failure.remedy


def test_the_log_never_holds_raw_text_of_an_exception(caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(collect(start([raising(ValueError("red \x1b[31m alert"))])))
    assert "alert" in caplog.text
    assert "\x1b" not in caplog.text


def test_a_failed_request_keeps_its_kind() -> None:
    error = EndpointError("rate_limit", "429, too many requests")
    (found,) = asyncio.run(collect(start([raising(error)])))
    assert found.failure == error.failure()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interrupt_passes_through(error: BaseException) -> None:
    with pytest.raises(type(error)):
        asyncio.run(collect(start([fine, raising(error), fine])))


def test_cancelling_the_consumer_ends_the_jobs_and_is_not_an_error() -> None:
    async def scenario() -> set[asyncio.Task[object]]:
        never = asyncio.Event()

        async def waits() -> None:
            await never.wait()

        before = asyncio.all_tasks()
        consuming = asyncio.create_task(collect(start([waits] * 5)))
        await asyncio.sleep(0.01)
        consuming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consuming
        return asyncio.all_tasks() - before

    assert asyncio.run(scenario()) == set()


def test_a_job_can_end_the_run_after_the_events_before_it() -> None:
    async def scenario() -> list[Event]:
        ends = raising(EndRun(StackError("the key was refused")))
        events = start([fine, ends, *[fine] * 100], limit=Limit(1))
        first = [await anext(events)]
        with pytest.raises(StackError, match="the key was refused"):
            await collect(events)
        return first

    (first,) = asyncio.run(scenario())
    assert isinstance(first, Sample)
    assert first.place == 0


def test_a_stop_closes_the_limits_and_starts_no_more_jobs() -> None:
    async def scenario() -> tuple[list[Sample], int]:
        stopping, limit = asyncio.Event(), Limit(1)
        started = 0

        async def one_request() -> None:
            nonlocal started
            started += 1
            async with limit.slot():
                stopping.set()
                await asyncio.sleep(0)

        return await collect(start([one_request] * 100, stopping, limit)), started

    found, started = asyncio.run(scenario())
    assert len(found) == 1
    assert started < 100


def test_a_stop_ends_a_source_that_is_waited_on() -> None:
    class Waiting:
        def __init__(self) -> None:
            self.stopped = asyncio.Event()

        async def next(self) -> Job | None:
            await self.stopped.wait()
            return None

        def stop(self) -> None:
            self.stopped.set()

    async def scenario() -> None:
        stopping = asyncio.Event()

        async def emit(event: Event) -> None:
            raise AssertionError(event)

        running = asyncio.create_task(RequestEngine([], stopping, emit, timeout_s=9).run(Waiting()))
        await asyncio.sleep(0)
        stopping.set()
        async with asyncio.timeout(5):
            await running

    asyncio.run(scenario())


def test_gathered_requests_all_end_before_the_first_error_is_raised() -> None:
    ended: list[str] = []

    async def request(name: str, error: Exception | None) -> str:
        await asyncio.sleep(0)
        if error is None:
            await asyncio.sleep(0.01)
        ended.append(name)
        if error:
            raise error
        return name

    async def scenario() -> None:
        with pytest.raises(Stopped):
            await gather_all([request("a", Stopped()), request("b", None)])
        assert await gather_all([request("c", None)]) == ["c"]

    asyncio.run(scenario())
    assert ended == ["a", "b", "c"]
