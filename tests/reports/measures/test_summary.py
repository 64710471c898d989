"""The guide's figures, and the counts beside them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from stack_tui.errors import Failure
from stack_tui.reports.measures.summary import intervals, summarize
from stack_tui.runs.events import JudgeScore, Sample

TIMEOUT = Failure(kind="timeout", message="no answer within 300 s")


def scored(name: str, rule: float, judge: float | None, *, repeat: int = 0) -> Sample:
    verdict = JudgeScore(judge="judge", model="big", score=judge)
    passed = None if judge is None else rule >= 0.8 and judge >= 4
    return Sample(
        at=1.0,
        task="custom",
        id=name,
        repeat=repeat,
        status="ok" if judge is not None else "unscored",
        output="fine",
        rule_score=rule,
        judge_score=judge,
        verdicts=(verdict,),
        passed=passed,
        latency_s=2.0,
        prompt_tokens=10,
        completion_tokens=5,
    )


def failed(name: str) -> Sample:
    return Sample(at=1.0, task="custom", id=name, status="error", failure=TIMEOUT)


def test_the_guides_figures_are_the_guides() -> None:
    summary = summarize([scored("a", 0.8, 4), scored("b", 1.0, 5)])
    assert summary.n_cases == 2
    assert summary.rule_avg == 0.9
    assert summary.rule_pass_rate == 1.0
    assert summary.judge_avg == 4.5
    assert summary.judge_pass_rate == 1.0


def test_rules_pass_from_0_8_and_judges_from_4() -> None:
    summary = summarize([scored("a", 0.8, 4), scored("b", 0.79, 3.5)])
    assert (summary.rule_pass_rate, summary.judge_pass_rate) == (0.5, 0.5)
    assert (summary.passed, summary.failed, summary.pass_rate) == (1, 1, 0.5)


def test_an_unscored_sample_is_counted_and_left_out_of_the_judges_average() -> None:
    summary = summarize([scored("a", 1.0, 4), scored("b", 1.0, None)])
    assert (summary.judge_avg, summary.n_judge_scored, summary.n_rule_scored) == (4.0, 1, 2)
    assert (summary.unscored, summary.status["unscored"]) == (1, 1)


def test_an_error_is_counted_and_no_wrong_answer() -> None:
    summary = summarize([scored("a", 1.0, 5), failed("b")])
    assert (summary.n_cases, summary.rule_avg, summary.pass_rate) == (2, 1.0, 1.0)
    assert summary.errors == {"timeout": 1}
    assert (summary.latency_p50_s, summary.prompt_tokens) == (2.0, 10)


def test_a_mean_over_nothing_is_none() -> None:
    summary = summarize([failed("a")])
    assert summary.rule_avg is None
    assert summary.judge_pass_rate is None
    assert summary.pass_rate is None
    assert set(vars_of(intervals([failed("a")]))) == {None}


def vars_of(struct: object) -> list[object]:
    return [getattr(struct, name) for name in type(struct).__struct_fields__]  # type: ignore[attr-defined]


def test_repeats_are_samples_of_one_case() -> None:
    summary = summarize([scored("a", 1.0, 5, repeat=n) for n in range(3)])
    assert (summary.n_cases, summary.n_samples) == (1, 3)


def test_cases_of_one_cluster_are_one_independent_case() -> None:
    clustered = [structs.replace(scored(each, 1.0, 5.0), cluster="page") for each in "abc"]
    summary = summarize([*clustered, scored("d", 1.0, 5.0), scored("d", 1.0, 5.0, repeat=1)])
    assert (summary.n_cases, summary.n_independent) == (4, 2)


def test_each_judge_has_its_own_figures() -> None:
    verdicts = (
        JudgeScore(judge="one", model="m", score=4.0),
        JudgeScore(judge="two", model="m", answer="The age"),
        JudgeScore(judge="three", model="m", failure=TIMEOUT),
    )
    summary = summarize([Sample(at=1.0, task="t", id="a", verdicts=verdicts, judge_score=4.0)])
    assert [(j.judge, j.avg, j.unreadable, j.failures) for j in summary.judges] == [
        ("one", 4.0, 0, 0),
        ("two", None, 1, 0),
        ("three", None, 0, 1),
    ]
    assert summary.judge_failures == 1


def test_percentiles_are_values_that_were_measured() -> None:
    samples = [Sample(at=1.0, task="t", id=str(n), latency_s=float(n)) for n in range(1, 101)]
    summary = summarize(samples)
    assert (summary.latency_p50_s, summary.latency_p95_s) == (50.0, 95.0)


SAMPLES = st.lists(
    st.builds(
        scored,
        st.text(max_size=3),
        st.sampled_from([0.0, 0.5, 0.8, 1.0]),
        st.none() | st.sampled_from([1.0, 3.5, 5.0]),
    )
    | st.builds(failed, st.text(max_size=3)),
    min_size=1,
    max_size=12,
)


@given(SAMPLES, st.randoms())
def test_sums_add_up_in_whatever_order_samples_came(
    samples: list[Sample], shuffler: random.Random
) -> None:
    summary = summarize(samples)
    errors = sum(summary.errors.values())
    assert sum(summary.status.values()) == summary.n_samples == len(samples)
    assert summary.passed + summary.failed + summary.unscored + errors == summary.n_samples
    assert summary.n_judge_scored + summary.unscored + errors == summary.n_samples
    shuffled = list(samples)
    shuffler.shuffle(shuffled)
    assert summarize(shuffled) == summary


def test_an_interval_stands_beside_each_figure() -> None:
    found = intervals([scored(str(n), n % 2, 1 + n % 5) for n in range(20)])
    assert found.rule_avg == pytest.approx((0.27, 0.73), abs=0.05)
    assert found.rule_pass_rate == pytest.approx((0.30, 0.70), abs=0.01)
    assert found.judge_avg
    assert found.judge_avg[0] < 3.0 < found.judge_avg[1]
