"""The view: the same events always make the same one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.runs.events import (
    Answer,
    Event,
    Failure,
    Fault,
    Finished,
    JudgeScore,
    Sample,
    Status,
)
from stack_tui.runs.view import RunView, is_settled
from tests.runs.samples import SPEC, fold, planned, sample, started

histories = st.lists(
    st.builds(
        sample,
        id=st.sampled_from("abcdef"),
        at=st.floats(0, 100),
        status=st.sampled_from(["ok", "empty", "truncated", "error", "unscored"]),
        passed=st.none() | st.booleans(),
    )
)


def counts(view: RunView) -> tuple[object, ...]:
    """What a reader shows of the view."""
    total = view.total
    return (view.samples, total.planned, total.done, total.passed, total.failed, total.status)


@given(histories, st.integers(0, 20))
def test_a_reader_that_starts_late_sees_the_same(history: list[Event], split: int) -> None:
    events = [started(), planned(6), *history]
    early = RunView(SPEC)
    early.apply(events[:split])
    early.apply(events[split:])
    assert counts(early) == counts(fold(SPEC, events))


@given(histories)
def test_the_counts_add_up(history: list[Event]) -> None:
    total = fold(SPEC, [planned(6), *history]).total
    ids = {event.id for event in history}  # type: ignore[union-attr]
    assert total.done == len(ids) == sum(total.status.values())
    assert total.passed + total.failed <= total.done


def test_a_later_sample_replaces_the_earlier_one_in_its_place() -> None:
    view = fold(SPEC, [sample("a", status="error", passed=None), sample("b"), sample("a")])
    assert [(item.id, item.status) for item in view.samples] == [("a", "ok"), ("b", "ok")]
    assert view.total.status["error"] == 0
    assert view.total.passed == 2


def test_a_run_that_began_again_is_not_finished() -> None:
    view = fold(SPEC, [started(), Finished(at=5.0, outcome="errors", errors=1), started(9.0)])
    assert view.finished is None
    assert view.state == "running"


def test_rate_and_time_left_are_of_this_session_alone() -> None:
    view = fold(SPEC, [started(), planned(10), *(sample(str(n), at=1.0) for n in range(5))])
    view.apply([started(1000.0), *(sample(str(n), at=1000.0 + n) for n in range(5, 8))])
    assert view.rate(1004.0) == 3 / 4
    assert view.time_left_s(1004.0) == 2 / (3 / 4)


def test_the_rate_of_a_fast_run_counts_all_of_the_last_half_minute() -> None:
    arrivals = (sample(str(n), at=n / 500) for n in range(20_000))
    view = fold(SPEC, [started(), planned(20_000), *arrivals])
    assert view.rate(40.0) == pytest.approx(500.0)


def test_before_two_samples_there_is_no_rate() -> None:
    view = fold(SPEC, [started(), planned(10), sample("a")])
    assert view.rate(2.0) is None
    assert view.time_left_s(2.0) is None


def test_only_the_latest_faults_are_kept_but_all_are_counted() -> None:
    view = fold(SPEC, [Fault(at=float(n), message=str(n)) for n in range(300)])
    assert view.fault_count == 300
    assert view.faults[-1].message == "299"
    assert len(view.faults) == 200


def test_an_error_and_a_judges_failure_are_to_be_asked_again() -> None:
    failed = JudgeScore(judge="j", model="m", failure=Failure(kind="timeout", message="slow"))
    statuses: tuple[Status, ...] = ("ok", "empty", "truncated", "unscored")
    assert all(is_settled(sample("a", status=status)) for status in statuses)
    assert not is_settled(sample("a", status="error"))
    assert not is_settled(msgspec.structs.replace(sample("a"), verdicts=(failed,)))


def test_an_answer_whose_line_was_doubled_counts_once() -> None:
    usage = {"usage": {"prompt_tokens": 5, "completion_tokens": 7}}
    first = Answer(at=1.0, key="k", task="t", sample="a", role="model", response=usage)
    later = msgspec.structs.replace(first, at=2.0)
    view = fold(SPEC, [first, first, later])
    assert view.answers == 2
    assert view.usage["model"].prompt_tokens == 10


def test_an_old_sample_that_was_truncated_while_thinking_counts_as_failed() -> None:
    old = Sample(at=1.0, task="t", id="a", status="truncated", truncated_while_thinking=True)
    view = fold(SPEC, [old])
    assert view.samples[0].passed is False
    assert (view.total.passed, view.total.failed) == (0, 1)
