"""Intervals of rates and means, against scipy's and against what repeats must do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from stack_tui.reports.stats.sample_intervals import (
    mean_interval,
    rate_interval,
    wilson_interval,
)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_rate_is_wilsons(counts: tuple[int, int]) -> None:
    expected = binomtest(*counts).proportion_ci(method="wilson")
    assert wilson_interval(*counts) == pytest.approx((expected.low, expected.high))


def test_without_trials_there_is_no_interval() -> None:
    assert wilson_interval(0, 0) is None
    assert rate_interval([], []) is None
    assert mean_interval([], [], (0, 1)) is None


def test_single_samples_are_counted_as_they_are() -> None:
    outcomes = [True] * 7 + [False] * 3
    assert rate_interval(outcomes, range(10)) == wilson_interval(7, 10)


def test_repeats_that_always_agree_count_as_one() -> None:
    outcomes = [place < 7 for place in range(10) for _ in range(5)]
    cases = [place for place in range(10) for _ in range(5)]
    found = rate_interval(outcomes, cases)
    assert found == pytest.approx(wilson_interval(7, 10), abs=0.02)
    assert _width(found) > 2 * _width(rate_interval(outcomes, range(50)))


def _width(interval: tuple[float, float] | None) -> float:
    assert interval
    return interval[1] - interval[0]


@given(st.lists(st.integers(1, 5), min_size=2, max_size=30))
def test_the_interval_of_a_mean_holds_it_and_stays_on_the_scale(scores: list[int]) -> None:
    found = mean_interval(scores, range(len(scores)), (1, 5))
    assert found
    assert 1 <= found[0] <= sum(scores) / len(scores) + 1e-9
    assert sum(scores) / len(scores) - 1e-9 <= found[1] <= 5


def test_the_same_scores_always_give_the_same_interval() -> None:
    scores = [1.0, 2.0, 5.0, 4.0, 4.0]
    assert mean_interval(scores, range(5), (1, 5)) == mean_interval(scores, range(5), (1, 5))
