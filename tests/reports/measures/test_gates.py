from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.comparison import Comparison, compare
from stack_tui.reports.measures.gates import (
    GateError,
    GateResult,
    NotWorse,
    Threshold,
    check,
    evaluate,
    evaluate_all,
    numbers,
    parse,
)
from stack_tui.runs.events import RecordScores, Sample
from tests.reports.views import OTHER_SPEC, TIMEOUT, judged, outcomes, view

VALUES = {"rule_pass_rate": 0.9, "judge_avg": 4.2, "errors": 0, "n_cases": 30, "alpha": None}
INTERVALS = {"rule_pass_rate": (0.74, 0.97), "judge_avg": (4.05, 4.4)}


def _evaluated(text: str, **comparisons: Comparison) -> GateResult:
    return evaluate(parse(text), VALUES, INTERVALS, comparisons)


def broken(name: str) -> Sample:
    """A sample that ended in an error."""
    return Sample(at=1.0, task="custom", id=name, status="error", failure=TIMEOUT)


def _against(passed: int, failed: int) -> Comparison:
    """100 cases that all passed, of which `failed` now fail."""
    a = outcomes([True] * (passed + failed))
    b = outcomes([True] * passed + [False] * failed)
    return compare(view(a), view(b, OTHER_SPEC))


@pytest.mark.parametrize(
    ("text", "state", "saying"),
    [
        ("rule_pass_rate >= 0.9", "met", "rule_pass_rate is 0.9, at least 0.9"),
        ("rule_pass_rate ≥ 90 %", "met", "rule_pass_rate is 0.9, at least 0.9"),
        ("rule_pass_rate>.9", "failed", "rule_pass_rate is 0.9, not above 0.9"),
        ("errors == 0", "met", "errors is 0, equal to 0"),
        ("n_cases != 30", "failed", "n_cases is 30, equal to 30"),
        ("n_cases <= 3e1", "met", "n_cases is 30, at most 30"),
        ("errors < -1", "failed", "errors is 0, not below -1"),
    ],
)
def test_a_number_is_held_against_its_bound(text: str, state: str, saying: str) -> None:
    result = _evaluated(text)
    assert (result.gate, result.state, result.saying) == (text, state, saying)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("judge_avg >= 4 ± ci", "met"),
        ("judge_avg >= 4.05 +- ci", "met"),
        ("judge_avg > 4.05 +/- ci", "inconclusive"),
        ("judge_avg >= 4.2 ± ci", "inconclusive"),
        ("judge_avg >= 4.5 ±ci", "failed"),
        ("judge_avg <= 4.4 ± ci", "met"),
        ("judge_avg <= 4 ± ci", "failed"),
    ],
)
def test_the_whole_interval_must_hold(text: str, state: str) -> None:
    assert _evaluated(text).state == state


def test_an_inconclusive_gate_says_why() -> None:
    assert _evaluated("rule_pass_rate >= 0.9 ± ci").saying == (
        "rule_pass_rate is 0.9 [0.74, 0.97], which holds 0.9: more cases would tell"
    )


def test_a_field_without_a_value_is_inconclusive() -> None:
    result = _evaluated("alpha >= 0.8")
    assert result.state == "inconclusive"
    assert "no two judges scored the same samples" in result.saying


def test_samples_that_could_not_be_compared_are_told_with_the_verdict_on_the_others() -> None:
    b = [*outcomes([True] * 97), *(broken(f"c{place}") for place in range(97, 100))]
    comparison = compare(view(outcomes([True] * 100)), view(b, OTHER_SPEC))
    result = evaluate(parse("vs base not worse by 0.1"), VALUES, INTERVALS, {"base": comparison})
    assert result.state == "met"
    assert "over 97 pairs (3 samples have none)" in result.saying


@pytest.mark.parametrize(
    ("passed", "failed", "state"), [(400, 1, "met"), (98, 2, "inconclusive"), (80, 20, "failed")]
)
def test_not_worse_asks_for_the_whole_interval_of_the_difference(
    passed: int, failed: int, state: str
) -> None:
    result = _evaluated("vs main not worse by 0.02", main=_against(passed, failed))
    assert result.state == state
    assert "points" in result.saying


def test_a_run_that_passes_and_fails_nothing_in_common_is_inconclusive() -> None:
    comparison = compare(view(judged([3.0])), view(judged([4.0]), OTHER_SPEC))
    result = _evaluated("vs main not worse by 2%", main=comparison)
    assert result.state == "inconclusive"


def test_a_gate_is_read_into_its_parts() -> None:
    assert parse(" judge_avg>=4 ± ci ") == Threshold(
        text="judge_avg>=4 ± ci", field="judge_avg", sign=">=", bound=4.0, whole_interval=True
    )
    assert parse("vs latest:main not worse by 2%") == NotWorse(
        text="vs latest:main not worse by 2%", run="latest:main", margin=0.02
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "cannot be read"),
        ("rule_pass_rate", "cannot be read"),
        ("rule_pass_rate = 1", "cannot be read"),
        ("rule_pass_rate >= high", "cannot be read"),
        ("rule_pass_rate >= nan", "cannot be read"),
        ("0.9 <= rule_pass_rate", "cannot be read"),
        ("vs main not worse by -0.1", "margin"),
        ("vs main not worse by 2", "margin"),
        ("judge_avg == 4 ± ci", "cannot be =="),
        ("rule_pas_rate >= 1", "rule_pass_rate"),
        ("errors >= 1 ± ci", "no interval"),
        ("vs nowhere not worse by 0.1", "no comparison"),
    ],
)
def test_what_cannot_be_read_or_is_not_there_is_said(text: str, named: str) -> None:
    with pytest.raises(GateError) as raised:
        _evaluated(text)
    assert raised.value.exit_code == 2
    assert named in str(raised.value)
    assert "gate “" in raised.value.where


@given(st.text(max_size=60))
def test_any_text_is_a_gate_or_a_gate_error(text: str) -> None:
    with suppress(GateError):
        assert parse(text).text == text.strip()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from([">=", "<=", ">", "<"]))
def test_a_gate_on_the_interval_is_met_only_if_every_value_in_it_meets_it(
    one: float, other: float, bound: float, sign: str
) -> None:
    low, high = min(one, other), max(one, other)
    strict = parse(f"rate {sign} {bound:.12f} ± ci")
    state = evaluate(strict, {"rate": low}, {"rate": (low, high)}, {}).state
    plain = parse(f"rate {sign} {bound:.12f}")
    ends = {evaluate(plain, {"rate": end}, {}, {}).state for end in (low, high)}
    assert ({state} if state != "inconclusive" else {"met", "failed"}) == ends


def test_a_run_offers_its_summarys_numbers_to_gates() -> None:
    timeout = Sample(at=1.0, task="custom", id="late", status="error", failure=TIMEOUT)
    run = view([*outcomes([True, True, True, False]), timeout], planned=6)
    texts = (
        "pass_rate >= 0.6",
        "errors == 0",
        "errors.timeout <= 1",
        "errors.auth == 0",
        "missing < 1",
    )
    states = [result.state for result in evaluate_all(map(parse, texts), run, {})]
    assert states == ["met", "failed", "met", "met", "failed"]


def test_a_benchmarks_score_of_record_can_be_asked_for() -> None:
    results = {
        "mmlu": {"alias": "mmlu", "acc,none": 0.65, "acc_stderr,none": 0.01},
        "gsm8k": {"exact_match,strict-match": 0.5, "exact_match_stderr,strict-match": "N/A"},
    }
    run = view(outcomes([True]))
    run.apply([RecordScores(at=2.0, results={"results": results}, table="")])
    texts = "mmlu.acc >= 0.63 ± ci", "mmlu.acc > 0.64 ± ci", "gsm8k.exact_match.strict-match >= .5"
    states = [result.state for result in evaluate_all(map(parse, texts), run, {})]
    assert states == ["met", "inconclusive", "met"]


def test_a_figure_whose_interval_cannot_be_told_is_inconclusive() -> None:
    assert evaluate(parse("f1 >= 0.4 ± ci"), {"f1": 0.5}, {"f1": None}, {}).state == "inconclusive"


def test_the_fields_of_gates_are_known_before_a_run() -> None:
    check(parse("judge_pass_rate >= 0.5"), numbers(view([])))
    with pytest.raises(GateError, match="judge_pass_rate"):
        check(parse("judge_passrate >= 0.5"), numbers(view([])))


@pytest.mark.parametrize(("temperature", "ahead"), [(None, ""), (0.7, "t0.7.")])
def test_a_gate_can_ask_for_what_repeats_show(temperature: float | None, ahead: str) -> None:
    samples = [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            repeat=repeat,
            temperature=temperature,
            passed=place > 0 or repeat > 0,
        )
        for repeat in range(2)
        for place in range(4)
    ]
    texts = ("pass_at_2 >= 1", "all_of_2 >= .8", "flaky_rate <= 0 ± ci", "all_of_2 >= .1 ± ci")
    wanted = [parse(f"{ahead}{text}") for text in texts]
    results = evaluate_all(wanted, view(samples), {})
    assert [result.state for result in results] == ["met", "failed", "failed", "met"]
