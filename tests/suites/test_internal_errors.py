"""An exception that nobody foresaw is an error of its own sample, in suites and in duels."""

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack_tui.runs.duel_verdicts import winner
from stack_tui.runs.events import Event, Sample
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.grading import rules
from stack_tui.suites.judging.duels import duel_evaluation
from stack_tui.suites.suite_evaluation import evaluate
from tests.endpoints.asking import client
from tests.fakes import FakeServer
from tests.suites.duels.contests import contest, put
from tests.suites.suites import case, suite

COUNT = 12
ERRORS: list[Exception | None] = [
    None,
    AttributeError("x"),
    MemoryError(),
    OverflowError(),
    OSError("disk"),
]


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def of_suite() -> list[Event]:
    asked = suite(*(case(id=f"c{n}", rubric="R") for n in range(COUNT)))

    async def collect(server: FakeServer) -> list[Event]:
        async with client(server) as model:
            events = evaluate(
                asked,
                model,
                [model],
                attempts=sampling_plan(asked, 1),
                recorded={},
                done=(),
                stopping=asyncio.Event(),
            )
            async with asyncio.timeout(30):
                return [event async for event in events]

    with FakeServer(replies=lambda _: "4") as server:
        return asyncio.run(collect(server))


def of_duel() -> list[Event]:
    with FakeServer(replies=lambda _: "first") as server:
        return put(contest(*((f"{n}", "x") for n in range(COUNT))), client(server))


def failing_at(at: dict[int, Exception | None], real: Any) -> Any:
    calls = iter(range(10**6))

    def call(*args: Any, **more: Any) -> Any:
        if error := at.get(next(calls)):
            raise error
        return real(*args, **more)

    return call


MANY = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(st.dictionaries(st.integers(0, COUNT - 1), st.sampled_from(ERRORS), max_size=COUNT))
def test_a_suite_run_accounts_for_every_case(at: dict[int, Exception | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "grade", failing_at(at, rules.grade))
        check(of_suite(), sum(error is not None for error in at.values()))


@MANY
@given(st.dictionaries(st.integers(0, COUNT - 1), st.sampled_from(ERRORS), max_size=COUNT))
def test_a_duel_accounts_for_every_match(at: dict[int, Exception | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{duel_evaluation.__name__}.winner", failing_at(at, winner))
        check(of_duel(), sum(error is not None for error in at.values()))


def check(events: list[Event], failures: int) -> None:
    samples = [event for event in events if isinstance(event, Sample)]
    assert sorted(sample.id for sample in samples) == sorted(f"c{n}" for n in range(COUNT))
    failed = [sample.failure for sample in samples if sample.status == "error"]
    assert len(failed) == failures
    assert all(failure and failure.kind == "internal" for failure in failed)
