"""A benchmark's stages end whatever happens in them, with every document accounted for."""

import asyncio
import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.pipeline import run_stages, score_stage
from stack_tui.benchmarks.scoring.prompt_fit import UnfitDocument
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Limit
from stack_tui.errors import StackError
from stack_tui.runner.watchdog import Watchdog
from stack_tui.runs.events import Event, Finding, RecordScores, Sample
from tests.benchmarks.pipeline.scripted import TASK, ScriptedHarness, run


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def samples(events: list[Event]) -> list[Sample]:
    return [event for event in events if isinstance(event, Sample)]


def concluded(events: list[Event]) -> bool:
    return any(isinstance(event, RecordScores) for event in events)


ERRORS: list[Exception] = [
    AttributeError("'str' object has no attribute 'get'"),
    TypeError(),
    MemoryError(),
    RecursionError(),
    OverflowError(),
    OSError("x"),
    EndpointError("bad_request", "no"),
]
COUNT = 40
FAULTS = st.dictionaries(st.integers(0, COUNT - 1), st.sampled_from(ERRORS), max_size=20)
MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(FAULTS, FAULTS, st.sets(st.integers(0, COUNT - 1), max_size=20), st.booleans())
def test_arbitrary_exceptions_at_random_documents_leave_each_accounted_for(
    prepare: dict[int, Exception], ask: dict[int, Exception], broken: set[int], late: bool
) -> None:
    prepare = {n: e for n, e in prepare.items() if not isinstance(e, StackError)}
    late = late and not prepare and not ask
    harness = ScriptedHarness(COUNT, late=late, broken=broken)
    found = samples(asyncio.run(run(harness, prepare_errors=prepare, ask_errors=ask)))
    assert sorted(int(each.id) for each in found) == list(range(COUNT))
    for each in found:
        number = int(each.id)
        error = prepare.get(number) or ask.get(number)
        if isinstance(error, EndpointError):
            assert each.failure == error.failure()
        elif error or number in broken:
            assert each.failure is not None
            assert each.failure.kind == "internal"
        else:
            assert each.status != "error"


def test_the_last_score_and_the_end_in_one_read_do_not_hang_the_run() -> None:
    found = asyncio.run(run(ScriptedHarness(1, late=True)))
    assert len(samples(found)) == 1
    assert concluded(found)


def test_a_run_without_any_document_ends() -> None:
    assert not samples(asyncio.run(run(ScriptedHarness(0))))


@pytest.mark.parametrize("after", [1, 2, 3, 10, 57, 300])
def test_a_stop_at_any_moment_ends_the_run_without_scores_of_record(after: int) -> None:
    found = asyncio.run(run(ScriptedHarness(2000), stop_after=after))
    assert len(found) >= after
    assert len(samples(found)) < 2000
    assert not concluded(found)


def test_a_stop_ends_a_paused_run() -> None:
    limit = Limit(4)
    limit.pause()
    found = asyncio.run(run(ScriptedHarness(COUNT), stop_after=1, limit=limit))
    assert not samples(found)


@pytest.mark.parametrize("stuck", [0, 7, "conclude"])
def test_a_stuck_harness_holds_up_no_stop(
    stuck: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_stages, "_GRACE_S", 0.01)

    async def scenario() -> list[Event]:
        stopping = asyncio.Event()
        harness = ScriptedHarness(COUNT, stuck=stuck, on_stuck=stopping.set)
        return await run(harness, stopping=stopping)

    found = asyncio.run(scenario())
    scored = {int(sample.id) for sample in samples(found)}
    assert scored == set(range(COUNT)) if stuck == "conclude" else stuck not in scored
    assert not concluded(found)


def test_a_stop_ends_documents_that_wait_to_be_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_stages, "_GRACE_S", 0.01)
    monkeypatch.setattr(score_stage, "_UNSCORED", 3)

    async def scenario() -> list[Event]:
        stopping = asyncio.Event()
        waiting: list[int] = []

        def fill() -> None:
            waiting.append(1)
            if len(waiting) > 3:
                stopping.set()

        return await run(ScriptedHarness(COUNT, stuck=2, on_stuck=fill), stopping=stopping)

    assert len(samples(asyncio.run(scenario()))) < COUNT


def test_a_document_that_is_not_scored_in_ten_times_the_usual_time_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_stages, "_GRACE_S", 0.01)
    monkeypatch.setattr(score_stage, "SCORING_TIMEOUT_S", 0.001)
    monkeypatch.setattr(run_stages, "Watchdog", partial(Watchdog, look_s=0.01))

    found = asyncio.run(run(ScriptedHarness(COUNT, stuck=3), stop_at=Finding))
    (finding,) = [event for event in found if isinstance(event, Finding)]
    assert (finding.check, finding.task) == ("stalled", TASK)
    assert finding.seen.startswith("scoring document 3 has taken")


def test_documents_left_by_an_earlier_run_are_not_asked() -> None:
    left = {(TASK, str(n), 0, None) for n in range(10)}
    found = samples(asyncio.run(run(ScriptedHarness(COUNT), left=left)))
    assert sorted(int(each.id) for each in found) == list(range(10, COUNT))


def test_prompts_are_built_only_as_far_ahead_as_there_is_room() -> None:
    harness = ScriptedHarness(6000, batch=64)
    asyncio.run(run(harness, limit=Limit(64)))
    assert harness.most_ahead <= protocol.AHEAD


def test_a_refused_key_ends_the_run_with_its_error() -> None:
    error = EndpointError("auth", "401, the key was refused")
    with pytest.raises(StackError, match="the key was refused"):
        asyncio.run(run(ScriptedHarness(COUNT), ask_errors={3: error}))


def test_as_many_refusals_in_a_row_end_the_run() -> None:
    errors: Any = {n: EndpointError("bad_request", "no such model") for n in range(COUNT)}
    with pytest.raises(StackError, match="no such model"):
        asyncio.run(run(ScriptedHarness(COUNT), ask_errors=errors))


def test_a_metric_that_raises_on_every_document_ends_the_run() -> None:
    with pytest.raises(StackError, match="a metric raised"):
        asyncio.run(run(ScriptedHarness(COUNT, broken=range(COUNT))))


UNFIT = UnfitDocument("1,210 prompt tokens + 256 to generate > 1,024")


def test_a_document_that_cannot_be_asked_is_its_own_error_wherever_it_stands() -> None:
    found = samples(asyncio.run(run(ScriptedHarness(COUNT), prepare_errors={0: UNFIT, 33: UNFIT})))
    failures = {each.id: each.failure for each in found if each.failure}
    assert set(failures) == {"0", "33"}
    assert failures["0"].message == UNFIT.what
    assert len(found) == COUNT


def test_a_task_of_which_no_document_can_be_asked_ends_the_run_with_the_reason() -> None:
    with pytest.raises(StackError, match="t cannot run: 1,210 prompt tokens"):
        asyncio.run(run(ScriptedHarness(9), prepare_errors=dict.fromkeys(range(9), UNFIT)))
