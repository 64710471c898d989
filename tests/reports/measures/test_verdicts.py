"""Verdicts that missing samples, unfinished runs or another measure could undo."""

from typing import Any

import msgspec
import pytest

from stack_tui.reports.measures.comparison import Comparison, compare
from stack_tui.reports.measures.gates import GateState, evaluate, evaluate_all, parse
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from tests.reports.forms import comparison_text
from tests.reports.views import JUDGE, OTHER_SPEC, SPEC, TIMEOUT, outcomes, view

UNJUDGED = msgspec.structs.replace(OTHER_SPEC, judges=())


def errors(first: int, count: int) -> list[Sample]:
    return [
        Sample(at=1.0, task="custom", id=f"c{place}", status="error", failure=TIMEOUT)
        for place in range(first, first + count)
    ]


def lacking(count: int, *, passed: int = 70) -> Comparison:
    """Run b passes as often as a, but ends in errors where a passed."""
    a = [True] * passed + [False] * (100 - passed)
    b = [*errors(0, count), *outcomes(a)[count:]]
    return compare(view(outcomes(a)), view(b, OTHER_SPEC))


def test_a_run_that_clearly_lacks_more_outcomes_is_warned_of() -> None:
    (warning,) = [each for each in lacking(12).warnings if "outcome" in each]
    assert warning == (
        "run b has no outcome for 12 samples, run a for 0 (p < .001): that is no accident"
    )
    assert not any("outcome" in each for each in lacking(3).warnings)


def test_the_difference_is_shown_with_errors_as_failed_and_as_passed() -> None:
    comparison = lacking(12)
    assert comparison.part is not None
    bounds = comparison.part.unanswered
    assert bounds is not None
    assert (bounds.a, bounds.b) == (0, 12)
    assert bounds.as_failed.difference == pytest.approx(-0.12)
    assert bounds.as_passed.difference == pytest.approx(0.0)
    assert "as failed -12.0 points" in comparison_text(comparison)


@pytest.mark.parametrize(("missing", "state"), [(1, "met"), (8, "inconclusive")])
def test_no_gate_stands_that_missing_samples_could_break(missing: int, state: GateState) -> None:
    comparison = lacking(missing)
    result = evaluate(parse("vs base not worse by 0.1"), {}, {}, {"base": comparison})
    assert result.state == state


def test_no_verdict_stands_that_missing_samples_could_break() -> None:
    a = outcomes([False] * 20 + [True] * 80)
    b = [*outcomes([True] * 20 + [True] * 60), *errors(80, 20)]
    comparison = compare(view(a), view(b, OTHER_SPEC))
    assert comparison.overall[0].verdict == "better"
    assert comparison.verdict == "inconclusive"
    assert "without an outcome could change that" in comparison.settle


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("pass_rate >= 0.9", "inconclusive"),
        ("pass_rate >= 0.8", "met"),
        ("pass_rate >= 0.97", "failed"),
        ("rule_avg >= 0.9", "inconclusive"),
    ],
)
def test_a_gate_on_a_rate_counts_errors_as_failed_and_as_passed(
    text: str, state: GateState
) -> None:
    graded = [
        msgspec.structs.replace(sample, rule_score=1.0 if sample.passed else 0.5)
        for sample in outcomes([True] * 86 + [False] * 4)
    ]
    run = view([*graded, *errors(90, 10)])
    (result,) = evaluate_all([parse(text)], run, {})
    assert result.state == state


def test_an_unfinished_run_has_no_verdict() -> None:
    a, b = outcomes([False] * 30), outcomes([True] * 30)
    comparison = compare(view(a), view(b, OTHER_SPEC, planned=60))
    assert comparison.verdict == "not final"
    assert "run b lacks 30 of its 60 samples" in comparison.warnings
    assert "verdict: not final" in comparison_text(comparison)
    result = evaluate(parse("vs base not worse by 0.1"), {}, {}, {"base": comparison})
    assert result.state == "inconclusive"


def graded(rule: float, judge: float | None, **fields: Any) -> list[Sample]:
    verdicts = (JudgeScore(judge="judge", model="big", score=judge, **fields),)
    passed = rule >= 0.8 and (judge is None or judge >= 4)
    return [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            output="fine",
            rule_score=rule,
            judge_score=judge,
            verdicts=verdicts if judge is not None else (),
            passed=passed,
        )
        for place in range(40)
    ]


def test_a_judged_run_and_one_without_judges_are_compared_by_rules_alone() -> None:
    comparison = compare(view(graded(1.0, 2.0)), view(graded(1.0, None), UNJUDGED))
    assert comparison.decided_by == "rule pass rate"
    assert comparison.verdict == "inconclusive"
    assert any("the rules" in warning for warning in comparison.warnings)


def test_runs_judged_by_other_criteria_are_compared_by_rules_alone() -> None:
    one, other = (
        graded(1.0, score, criteria=(CriterionScore(name=name, score=score),))
        for name, score in (("clear", 2.0), ("short", 5.0))
    )
    comparison = compare(view(one), view(other, OTHER_SPEC))
    assert (comparison.decided_by, comparison.verdict) == ("rule pass rate", "inconclusive")


def test_another_judge_by_the_same_criteria_is_a_setting_and_decides() -> None:
    judge = msgspec.structs.replace(JUDGE, model="bigger")
    spec = msgspec.structs.replace(OTHER_SPEC, judges=(judge,))
    comparison = compare(view(graded(1.0, 2.0), SPEC), view(graded(1.0, 5.0), spec))
    assert (comparison.decided_by, comparison.verdict) == ("pass rate", "better")
    assert [setting.name for setting in comparison.settings] == ["judges"]
