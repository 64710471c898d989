"""What asking each case several times shows."""

import itertools
import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.repeats import Repeats, all_of_k, pass_at_k, repeats_of
from stack_tui.runs.events import Sample
from stack_tui.wilson import wilson_interval


def asked(id: str, passes: Iterable[bool | None], **fields: object) -> list[Sample]:
    """A case's repeats, None for one that ended in an error."""
    return [
        Sample(
            at=1.0,
            task="t",
            id=id,
            repeat=repeat,
            passed=passed,
            status="error" if passed is None else "ok",
            rule_score=None if passed is None else 1.0 if passed else 0.5,
            **fields,  # type: ignore[arg-type]
        )
        for repeat, passed in enumerate(passes)
    ]


def found(*cases: list[Sample]) -> Repeats:
    repeats = repeats_of(itertools.chain(*cases))
    assert repeats is not None
    return repeats


@st.composite
def _outcomes(draw: st.DrawFn) -> tuple[list[bool], int]:
    passes = draw(st.lists(st.booleans(), min_size=1, max_size=7))
    return passes, draw(st.integers(1, len(passes)))


@given(_outcomes())
def test_both_estimators_are_the_shares_of_all_choices_of_k(given_: tuple[list[bool], int]) -> None:
    passes, k = given_
    choices = list(itertools.combinations(passes, k))
    counts = (len(passes), sum(passes), k)
    assert pass_at_k(*counts) == pytest.approx(sum(map(any, choices)) / len(choices))
    assert all_of_k(*counts) == pytest.approx(sum(map(all, choices)) / len(choices))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_both_estimators_are_unbiased(rate: float) -> None:
    n, k = 5, 3
    chances = [math.comb(n, c) * rate**c * (1 - rate) ** (n - c) for c in range(n + 1)]
    any_passes = sum(p * pass_at_k(n, c, k) for c, p in enumerate(chances))
    all_pass = sum(p * all_of_k(n, c, k) for c, p in enumerate(chances))
    assert any_passes == pytest.approx(1 - (1 - rate) ** k)
    assert all_pass == pytest.approx(rate**k)


def test_k_goes_by_powers_of_two_up_to_the_number_of_repeats() -> None:
    assert [at.k for at in found(asked("a", [True] * 6)).at] == [1, 2, 4, 6]


def test_a_case_with_too_few_outcomes_is_left_out_and_counted() -> None:
    at = found(asked("a", [True, False, False]), asked("b", [True, None, None])).at
    assert [(one.k, one.cases) for one in at] == [(1, 2), (2, 1), (3, 1)]
    shares = [at[0].any_passes, at[0].all_pass, at[1].any_passes, at[1].all_pass]
    assert shares == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0.0])


def test_a_case_of_which_some_repeats_pass_and_some_fail_is_flaky() -> None:
    repeats = found(
        asked("flaky", [True, False, None]),
        asked("good", [True, True, True]),
        asked("bad", [False, False, None]),
        asked("once", [True, None, None]),
    )
    assert [case.id for case in repeats.cases if case.flaky] == ["flaky"]
    assert repeats.flaky == 1
    assert repeats.flaky_rate == pytest.approx(1 / 3)
    assert repeats.flaky_interval == wilson_interval(1, 3)


def test_spread_is_the_mean_deviation_within_cases() -> None:
    repeats = found(asked("a", [True, False]), asked("b", [True, True]), asked("c", [True]))
    assert repeats.rule_spread is not None
    assert repeats.rule_spread.cases == 2
    assert repeats.rule_spread.deviation == pytest.approx(math.sqrt(0.125) / 2)
    assert repeats.judge_spread is None
    assert [case.rule for case in repeats.cases] == [(0.5, 1.0), (1.0, 1.0), (1.0, 1.0)]


def test_cases_asked_once_show_nothing_about_repeats() -> None:
    assert repeats_of(asked("a", [True]) + asked("b", [False])) is None


def test_repeats_without_any_outcome_make_no_figure() -> None:
    repeats = found(asked("a", [None, None]))
    assert (repeats.at, repeats.flaky_rate, repeats.rule_spread) == ((), None, None)


def test_shares_of_nought_and_one_have_about_wilsons_interval() -> None:
    at = found(*(asked(f"c{n}", [n < 20] * 4) for n in range(30))).at[-1]
    assert at.any_interval == pytest.approx(wilson_interval(20, 30), abs=0.03)


def test_cases_that_all_pass_leave_room_below() -> None:
    at = found(*(asked(f"c{n}", [True] * 4) for n in range(30))).at[1]
    assert at.any_interval is not None
    assert 0.85 < at.any_interval[0] < 0.95
    assert at.any_interval[1] == 1.0


def test_cases_of_one_cluster_are_drawn_together() -> None:
    passes = [[True, True]] * 10 + [[False, False]] * 10
    alone = found(*(asked(f"c{n}", each) for n, each in enumerate(passes)))
    together = found(*(asked(f"c{n}", each, cluster=f"k{n // 5}") for n, each in enumerate(passes)))
    for one, other in zip(alone.at, together.at, strict=True):
        assert one.any_interval is not None
        assert other.any_interval is not None
        assert one.any_interval[1] < other.any_interval[1]


@given(
    st.lists(
        st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_figures_are_ordered_and_within_their_intervals(cases: list[list[bool | None]]) -> None:
    repeats = repeats_of(
        itertools.chain.from_iterable(asked(f"c{n}", each) for n, each in enumerate(cases))
    )
    if repeats is None:
        assert all(len(case) < 2 for case in cases)
        return
    for at in repeats.at:
        assert 0 <= at.all_pass <= at.any_passes <= 1 + 1e-12
        for value, interval in ((at.any_passes, at.any_interval), (at.all_pass, at.all_interval)):
            assert interval is not None
            assert interval[0] - 1e-9 <= value <= interval[1] + 1e-9
    assert repeats.flaky == sum(True in case and False in case for case in cases)
