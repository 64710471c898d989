import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from stack_tui.reports.stats.paired import (
    bootstrap_interval,
    cluster,
    holm,
    mcnemar_exact,
    rate_interval,
    sign_flip,
    sign_flip_exact,
    tango_interval,
)

# Both tables stand in Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33:2850, the third
# in Newcombe 1998, Statistics in Medicine 17:2635, with Tango's limits.
PUBLISHED = [
    ((1, 7, 21), (-0.517, -0.026)),
    ((6, 16, 161), (-0.124, -0.005)),
    ((12, 2, 50), (0.061, 0.345)),
]


@pytest.mark.parametrize(("table", "expected"), PUBLISHED)
def test_the_interval_of_paired_rates_is_as_published(
    table: tuple[int, int, int], expected: tuple[float, float]
) -> None:
    assert tango_interval(*table) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("table", [(5, 2, 40), (1, 0, 30), (20, 31, 200)])
def test_an_end_of_the_interval_is_where_the_most_likely_table_lies_z_errors_off(
    table: tuple[int, int, int],
) -> None:
    gained, lost, pairs = table
    for end in tango_interval(gained, lost, pairs):

        def unlikeliness(lost_rate: float, delta: float = end) -> float:
            gained_rate = lost_rate + delta
            alike = 1 - gained_rate - lost_rate
            counts = ((gained, gained_rate), (lost, lost_rate), (pairs - gained - lost, alike))
            return -sum(count * math.log(max(rate, 1e-300)) for count, rate in counts)

        bounds = (max(0.0, -end), (1 - end) / 2)
        best = optimize.minimize_scalar(unlikeliness, bounds=bounds, options={"xatol": 1e-12}).x
        error = np.sqrt((2 * best + end - end**2) / pairs)
        assert abs((gained - lost) / pairs - end) / error == pytest.approx(1.95996, abs=1e-3)


def test_no_discordant_pair_leaves_an_interval_that_is_not_empty() -> None:
    low, high = tango_interval(0, 0, 30)
    assert high == pytest.approx(0.1135, abs=1e-4)
    assert low == pytest.approx(-high)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test_of_the_discordant_pairs(gained: int, lost: int) -> None:
    expected = stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar_exact(gained, lost) == pytest.approx(expected)


def test_mcnemar_gives_the_published_p() -> None:
    assert mcnemar_exact(1, 7) == pytest.approx(0.0703, abs=5e-5)


def test_mcnemar_holds_where_powers_of_two_leave_the_floats() -> None:
    assert mcnemar_exact(3000, 2800) == pytest.approx(stats.binomtest(3000, 5800).pvalue, rel=1e-9)


@given(st.lists(st.sampled_from([-1, 0, 1]), max_size=40))
def test_flipping_single_pairs_is_mcnemars_test(differences: list[int]) -> None:
    expected = mcnemar_exact(differences.count(1), differences.count(-1))
    assert sign_flip_exact(differences) == pytest.approx(expected)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_flipping_clusters_counts_every_way_to_flip(differences: list[int]) -> None:
    totals = [
        sum(sign * value for sign, value in zip(signs, differences, strict=True))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    extreme = sum(abs(total) >= abs(sum(differences)) for total in totals)
    assert sign_flip_exact(differences) == pytest.approx(extreme / len(totals))
    assert sign_flip([value / 2 for value in differences]) == sign_flip_exact(differences)


def test_drawn_flips_agree_with_all_flips() -> None:
    differences = np.random.default_rng(5).integers(-3, 5, size=40).tolist()
    thirds = [value / 3 for value in differences]
    assert sign_flip(thirds) == pytest.approx(sign_flip_exact(differences), abs=0.02)


def _spread(values: "np.ndarray[Any, Any]") -> tuple[float, float]:
    interval = bootstrap_interval(cluster(values.tolist(), range(len(values))))
    assert interval is not None
    return interval


@pytest.mark.parametrize("count", [30, 400])
@pytest.mark.parametrize("kind", ["few values", "any value"])
def test_the_bootstrap_agrees_with_scipys_at_the_widened_percentiles(count: int, kind: str) -> None:
    generator = np.random.default_rng(7)
    values = (
        generator.integers(-2, 3, size=count).astype(float)
        if kind == "few values"
        else generator.normal(0.2, 1.0, size=count)
    )
    wider = stats.norm.cdf(np.sqrt(count / (count - 1)) * stats.t.ppf(0.975, count - 1))
    theirs = stats.bootstrap(
        (values,),
        np.mean,
        method="percentile",
        confidence_level=2 * wider - 1,
        n_resamples=9999,
        rng=np.random.default_rng(8),
    ).confidence_interval
    error = values.std() / np.sqrt(count)
    assert _spread(values) == pytest.approx((theirs.low, theirs.high), abs=0.15 * error)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([-2.0, -0.5, 0.0, 1.0, 3.0]), min_size=2, max_size=60))
def test_negated_differences_give_the_negated_interval(values: list[float]) -> None:
    ids = range(len(values))
    there = bootstrap_interval(cluster(values, ids))
    back = bootstrap_interval(cluster([-value for value in values], ids))
    if there is None or back is None:
        assert there == back
    else:
        assert there == pytest.approx((-back[1], -back[0]))


def test_differences_that_are_all_equal_have_no_interval() -> None:
    assert bootstrap_interval(cluster([1.0, 1.0, 1.0], "abc")) is None
    assert bootstrap_interval(cluster([1.0, 2.0], "aa")) is None


def test_differences_that_are_all_equal_are_bounded_by_the_scale() -> None:
    # Were 11.57 % of all cases otherwise, 30 alike would still come once in 40 times.
    interval = bootstrap_interval(cluster([0.0] * 30, range(30)), scale=(-4.0, 4.0))
    assert interval == pytest.approx((-4 * 0.1157, 4 * 0.1157), abs=1e-3)
    top = bootstrap_interval(cluster([5.0] * 30, range(30)), scale=(1.0, 5.0))
    assert top == pytest.approx((5 - 4 * 0.1157, 5.0), abs=1e-3)


@pytest.mark.parametrize(
    ("differences", "ids"),
    [([0.1] * 5, [0, 0, 0, 1, 1]), ([0.9 - 0.8, 0.8 - 0.7, 0.7 - 0.6], [0, 1, 2])],
)
def test_differences_that_only_rounding_parts_are_equal(
    differences: list[float], ids: list[int]
) -> None:
    clusters = cluster(differences, ids)
    assert clusters.variance_of_mean == 0
    assert bootstrap_interval(clusters) is None
    low, high = bootstrap_interval(clusters, scale=(-1.0, 1.0)) or (0.0, 0.0)
    assert low < -0.5
    assert high > 0.5


def test_differences_that_cancel_leave_none() -> None:
    assert cluster([0.1, 0.2, -0.3], range(3)).mean == 0.0


def test_repeats_that_always_agree_count_once() -> None:
    once = cluster([1, 0, 0, -1, 1, 1, 0, 0, 1, 0], range(10))
    fourfold = cluster([1, 0, 0, -1, 1, 1, 0, 0, 1, 0] * 4, [*range(10)] * 4)
    assert rate_interval(16, 4, fourfold) == pytest.approx(rate_interval(4, 1, once))
    assert sign_flip_exact(fourfold.sums) == sign_flip_exact(once.sums)


def test_repeats_without_a_difference_count_once() -> None:
    none = cluster([0] * 40, [*range(10)] * 4)
    assert rate_interval(0, 0, none) == pytest.approx(tango_interval(0, 0, 10))


def test_one_case_repeated_says_what_one_case_says() -> None:
    alone = cluster([1, 1, 0, 1], "aaaa")
    low, high = rate_interval(3, 0, alone)
    assert low < 0 < high
    assert sign_flip_exact(alone.sums) == 1.0


def test_holm_adjusts_in_steps() -> None:
    # By hand: 4 × .005, 3 × .01, 2 × .03, and .04 raised to its forerunner's .06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_lowers_a_p_nor_changes_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= after <= 1 for p, after in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [adjusted[place] for place in order] == sorted(adjusted)
