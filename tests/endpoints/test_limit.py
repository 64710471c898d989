"""How many requests at once: found by trying, in virtual time."""

import asyncio

import pytest

from stack_tui.endpoints.limit import Limit, Stopped
from tests.endpoints.simulation import SimulatedServer, run


def explore(server: SimulatedServer, seconds: float, **more: int) -> tuple[Limit, list[int]]:
    limit = Limit(clock=lambda: server.now, **more)
    return limit, asyncio.run(run(limit, server, seconds))


@pytest.mark.parametrize(
    ("capacity", "service_s"), [(4, 0.02), (32, 0.02), (4, 2.0), (16, 2.0), (64, 2.0), (200, 2.0)]
)
def test_it_finds_what_the_server_can_take(capacity: int, service_s: float) -> None:
    server = SimulatedServer(capacity, service_s)
    seconds = 120 * max(service_s, 0.1)
    limit, _ = explore(server, seconds)
    assert server.served >= 0.85 * capacity * seconds / service_s
    assert limit.current <= 2.5 * capacity


def test_it_doubles_while_that_pays() -> None:
    _, levels = explore(SimulatedServer(64), 5.0)
    assert levels[:5] == [4, 8, 16, 32, 64]


def test_a_server_that_takes_one_at_a_time_is_given_hardly_more() -> None:
    limit, levels = explore(SimulatedServer(1), 60.0)
    assert max(levels) <= 8
    assert limit.current <= 2


def test_it_stays_near_where_the_server_begins_to_refuse() -> None:
    server = SimulatedServer(64, refuses_over=20)
    limit, levels = explore(server, 120.0)
    assert max(levels[6:]) <= 26
    assert limit.current >= 10
    assert server.served >= 0.7 * 20 * 120 / server.service_s


def test_it_follows_a_server_that_becomes_smaller() -> None:
    async def shrink() -> int:
        server = SimulatedServer(64)
        limit = Limit(clock=lambda: server.now)
        await run(limit, server, 30.0)
        server.resize(4)
        await run(limit, server, 300.0)
        return limit.current

    assert asyncio.run(shrink()) <= 12


def test_it_begins_where_it_is_told_to_and_keeps_to_what_the_server_works_on_at_once() -> None:
    server = SimulatedServer(3)
    limit = Limit(clock=lambda: server.now)
    limit.begin_at(16, 3)
    levels = asyncio.run(run(limit, server, 30.0))
    assert max(levels) == 3


def test_a_fixed_number_begins_as_it_was_fixed() -> None:
    limit = Limit(2)
    limit.begin_at(16, 64)
    assert limit.current == 2


def test_it_never_exceeds_its_maximum() -> None:
    _, levels = explore(SimulatedServer(1000), 30.0, maximum=48)
    assert max(levels) == 48


def test_too_few_askers_change_nothing() -> None:
    async def one_asker() -> int:
        server = SimulatedServer(64)
        limit = Limit(clock=lambda: server.now)

        async def ask() -> None:
            for _ in range(50):
                async with limit.slot():
                    limit.note(await server.serve())

        task = asyncio.create_task(ask())
        while not task.done():
            await asyncio.sleep(0)
            if not server.idle:
                server.advance()
        return limit.current

    assert asyncio.run(one_asker()) == 4


def test_an_outage_lowers_it_once() -> None:
    limit = Limit(start=32)
    for _ in range(32):
        limit.note(False)
    assert limit.current == 16


def test_a_fixed_number_stays() -> None:
    server = SimulatedServer(64)
    limit = Limit(fixed=7, maximum=64, clock=lambda: server.now)
    assert asyncio.run(run(limit, server, 30.0)) == [7]


def test_slots_are_given_in_order_and_never_beyond_the_number() -> None:
    async def take_turns() -> tuple[list[int], int]:
        limit, order, most = Limit(fixed=2), [], 0

        async def work(n: int) -> None:
            nonlocal most
            async with limit.slot():
                order.append(n)
                most = max(most, limit.in_flight)
                await asyncio.sleep(0)

        await asyncio.gather(*map(work, range(9)))
        return order, most

    assert asyncio.run(take_turns()) == (list(range(9)), 2)


def test_a_higher_number_lets_waiting_requests_go_at_once() -> None:
    async def raise_it() -> int:
        limit = Limit(fixed=1)
        tasks = [asyncio.create_task(_hold(limit)) for _ in range(5)]
        await asyncio.sleep(0)
        limit.fix(4)
        await asyncio.sleep(0)
        in_flight = limit.in_flight
        await _cancel(tasks)
        return in_flight

    assert asyncio.run(raise_it()) == 4


def test_a_lower_number_takes_effect_as_requests_end() -> None:
    async def lower_it() -> list[int]:
        limit, seen = Limit(fixed=3), []
        slots = [limit.slot() for _ in range(3)]
        for slot in slots:
            await slot.__aenter__()
        waiting = asyncio.create_task(_hold(limit))
        limit.fix(1)
        for slot in slots:
            await slot.__aexit__(None, None, None)
            await asyncio.sleep(0)
            seen.append(limit.in_flight)
        await _cancel([waiting])
        return seen

    assert asyncio.run(lower_it()) == [2, 1, 1]


def test_a_pause_gives_out_nothing_until_it_ends() -> None:
    async def pause() -> tuple[int, int]:
        limit = Limit(fixed=2)
        limit.pause()
        tasks = [asyncio.create_task(_hold(limit)) for _ in range(3)]
        await asyncio.sleep(0)
        paused = limit.in_flight
        limit.proceed()
        await asyncio.sleep(0)
        going = limit.in_flight
        await _cancel(tasks)
        return paused, going

    assert asyncio.run(pause()) == (0, 2)


def test_cancelled_waiters_lose_no_slot() -> None:
    async def cancel() -> int:
        limit = Limit(fixed=1)
        holder = limit.slot()
        await holder.__aenter__()
        waiting = [asyncio.create_task(_hold(limit)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await holder.__aexit__(None, None, None)
        # The slot was handed to the second waiter, which is cancelled before it runs.
        waiting[1].cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        in_flight = limit.in_flight
        await _cancel(waiting)
        assert limit.in_flight == 0
        return in_flight

    assert asyncio.run(cancel()) == 1


def test_once_closed_nobody_gets_a_slot_and_who_waits_is_told() -> None:
    async def close() -> list[object]:
        limit = Limit(fixed=1)
        holder = asyncio.create_task(_hold(limit))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(_hold(limit)), asyncio.create_task(limit.rest(3600.0))]
        await asyncio.sleep(0)
        limit.close()
        found: list[object] = await asyncio.gather(
            *waiting, _hold(limit), limit.rest(3600.0), return_exceptions=True
        )
        await _cancel([holder])
        assert limit.in_flight == 0
        return found

    assert [type(one) for one in asyncio.run(close())] == [Stopped] * 4


async def _hold(limit: Limit) -> None:
    async with limit.slot():
        await asyncio.Event().wait()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
