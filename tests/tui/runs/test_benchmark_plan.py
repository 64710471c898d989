"""How much a benchmark run will ask, and for how long."""

from dataclasses import replace

import msgspec

from stack_tui.runs.events import TaskPlan
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.runs.benchmark_plan import estimate
from stack_tui.tui.state.snapshot import Counts, RunCard, TaskRow
from tests.tui.data import JUDGE, LOCAL, benchmark_card, benchmark_spec


def card(limit: float | None = None, active_s: int = 50) -> RunCard:
    spec = msgspec.structs.replace(
        benchmark_spec(), subject=BenchmarkSubject(tasks=("anatomy",), limit=limit)
    )
    plan = TaskPlan(name="anatomy", samples=100, requests=400, route="echo")
    counts = Counts(planned=100, done=100)
    row = TaskRow("anatomy", plan, counts)
    return replace(benchmark_card(), spec=spec, tasks=(row,), counts=counts, active_s=active_s)


def test_the_size_is_what_an_earlier_run_took_and_the_time_at_its_rate() -> None:
    known = estimate(["anatomy"], None, LOCAL, [card()])
    assert (known.samples, known.requests, known.unknown, known.seconds) == (100, 400, 0, 50.0)


def test_a_limit_takes_so_many_documents_or_such_a_share_of_them() -> None:
    assert estimate(["anatomy"], 10, LOCAL, [card()]).requests == 40
    assert estimate(["anatomy"], 0.5, LOCAL, [card()]).requests == 200
    assert estimate(["anatomy"], 1000, LOCAL, [card()]).requests == 400


def test_with_a_task_of_unknown_size_no_time_is_told() -> None:
    known = estimate(["anatomy", "astronomy"], None, LOCAL, [card()])
    assert (known.samples, known.unknown, known.seconds) == (100, 1, None)


def test_a_run_that_was_limited_does_not_tell_a_tasks_size() -> None:
    assert estimate(["anatomy"], None, LOCAL, [card(limit=5)]).unknown == 1


def test_another_endpoints_rate_is_not_this_ones() -> None:
    assert estimate(["anatomy"], None, JUDGE, [card()]).seconds is None


def test_a_run_of_a_moment_tells_no_rate() -> None:
    assert estimate(["anatomy"], None, LOCAL, [card(active_s=1)]).seconds is None
