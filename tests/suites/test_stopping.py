"""What a stop, a consumer that leaves, and a great many cases do to an evaluation."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.retry import RetryPolicy
from stack_tui.runs.events import Answer, Event, Sample
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.model.case import Suite
from stack_tui.suites.suite_evaluation import evaluate
from tests.endpoints.asking import client, endpoint
from tests.fakes import Asked, FakeServer, server_error
from tests.suites.suites import case, suite


def many(count: int, **fields: object) -> Suite:
    return suite(*(case(id=f"c{n}", **fields) for n in range(count)))


def start(
    asked: Suite,
    model: Client,
    stopping: asyncio.Event,
    *,
    judged: bool = False,
    recorded: Mapping[str, Answer] | None = None,
) -> AsyncGenerator[Event, None]:
    return evaluate(
        asked,
        model,
        [model] if judged else [],
        attempts=sampling_plan(asked, 1),
        recorded=recorded or {},
        done=(),
        stopping=stopping,
    )


def is_model(asked: Asked) -> bool:
    return "response_format" not in asked.body


def test_a_stop_finishes_what_is_in_flight_and_sends_nothing_more() -> None:
    async def scenario(server: FakeServer) -> list[Event]:
        server.hold()
        stopping = asyncio.Event()
        async with client(server, limit=Limit(3)) as model:
            events = start(many(50, rubric="R"), model, stopping, judged=True)
            collecting = asyncio.create_task(collect(events))
            await asyncio.to_thread(server.wait_for, 3)
            stopping.set()
            await asyncio.sleep(0)
            server.release()
            return await collecting

    with FakeServer(replies=lambda _: "4") as server:
        found = asyncio.run(scenario(server))
    assert len(server.asked) == 3
    assert sum(isinstance(event, Answer) for event in found) == 3
    assert not any(isinstance(event, Sample) for event in found)


def test_what_a_stop_left_is_all_that_is_asked_later() -> None:
    async def scenario(server: FakeServer) -> list[Event]:
        stopping = asyncio.Event()
        found: list[Event] = []
        async with client(server, limit=Limit(2)) as model:
            async for event in start(many(20, rubric="R"), model, stopping, judged=True):
                found.append(event)
                if isinstance(event, Sample):
                    stopping.set()
        recorded = {event.key: event for event in found if isinstance(event, Answer)}
        async with client(server) as model:
            events = start(
                many(20, rubric="R"), model, asyncio.Event(), judged=True, recorded=recorded
            )
            return await collect(events)

    with FakeServer(replies=lambda _: "4") as server:
        found = asyncio.run(scenario(server))
    assert sum(isinstance(event, Sample) for event in found) == 20
    assert len([asked for asked in server.asked if is_model(asked)]) == 20
    assert len(server.asked) == 40


def test_a_stop_does_not_wait_for_a_request_that_waits_to_be_sent_again() -> None:
    async def scenario(server: FakeServer) -> list[Event]:
        stopping = asyncio.Event()
        patient = RetryPolicy(budget_s=3600.0)
        model = Client(endpoint(server), policy=patient, on_retry=lambda *_: stopping.set())
        async with model:
            return await collect(start(many(3), model, stopping))

    with FakeServer(replies=lambda _: server_error(503)) as server:
        found = asyncio.run(scenario(server))
    assert not any(isinstance(event, Sample) for event in found)


def test_a_stop_ends_a_paused_run() -> None:
    async def scenario(server: FakeServer) -> list[Event]:
        stopping = asyncio.Event()
        limit = Limit(2)
        limit.pause()
        async with client(server, limit=limit) as model:
            events = start(many(5), model, stopping)
            first = [await anext(events)]
            stopping.set()
            return first + await collect(events)

    with FakeServer() as server:
        assert len(asyncio.run(scenario(server))) == 1
    assert server.asked == []


def test_a_consumer_that_leaves_leaves_no_task_behind() -> None:
    async def scenario(server: FakeServer) -> set[asyncio.Task[object]]:
        server.hold()
        async with client(server, limit=Limit(4)) as model:
            before = asyncio.all_tasks()
            events = start(many(50), model, asyncio.Event())
            await anext(events)
            waiting = asyncio.create_task(anext(events))
            await asyncio.to_thread(server.wait_for, 4)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await events.aclose()
            return asyncio.all_tasks() - before

    with FakeServer() as server:
        assert asyncio.run(scenario(server)) == set()
        server.release()


def test_a_great_many_cases_are_not_all_in_flight_at_once() -> None:
    async def scenario(server: FakeServer) -> tuple[int, int]:
        async with client(server, limit=Limit(8)) as model:
            tasks, count = 0, 0
            async for event in start(many(200), model, asyncio.Event()):
                tasks = max(tasks, len(asyncio.all_tasks()))
                count += isinstance(event, Sample)
            return tasks, count

    with FakeServer(replies=lambda _: "ok") as server:
        tasks, count = asyncio.run(scenario(server))
    assert count == 200
    assert tasks < 60


def test_requests_wait_at_the_limit_and_are_sent_as_soon_as_it_is_raised() -> None:
    async def scenario(server: FakeServer) -> None:
        server.hold()
        limit = Limit(4)
        async with client(server, limit=limit) as model:
            collecting = asyncio.create_task(collect(start(many(20), model, asyncio.Event())))
            await asyncio.to_thread(server.wait_for, 4)
            limit.fix(8)
            await asyncio.to_thread(server.wait_for, 8)
            server.release()
            await collecting

    with FakeServer(replies=lambda _: "ok") as server:
        asyncio.run(scenario(server))
    assert len(server.asked) == 20


async def collect(events: AsyncGenerator[Event, None]) -> list[Event]:
    return [event async for event in events]
