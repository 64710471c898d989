"""Spearman's ρ against scipy, and its interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.stats.spearman import spearman

PAIRS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5)), min_size=10, max_size=40)


@given(PAIRS)
def test_it_is_scipys_ties_included(pairs: list[tuple[int, int]]) -> None:
    from scipy.stats import spearmanr

    lengths, scores = ([float(each) for each in side] for side in zip(*pairs, strict=True))
    found = spearman(lengths, scores)
    if found is None:
        assert len(set(lengths)) == 1 or len(set(scores)) == 1
    else:
        assert found[0] == pytest.approx(spearmanr(lengths, scores).statistic)
        assert found[1][0] <= found[0] <= found[1][1]


def test_a_perfect_order_of_few_pairs_is_not_certain() -> None:
    rho, (low, high) = spearman(range(10), range(10)) or (0.0, (0.0, 0.0))
    assert rho == pytest.approx(1)
    assert 0.9 < low < 0.98
    assert high >= rho
    reversed_rho, (least, most) = spearman(range(10), range(9, -1, -1)) or (0.0, (0.0, 0.0))
    assert (reversed_rho, least, most) == pytest.approx((-rho, -high, -low))


def test_few_pairs_tell_nothing() -> None:
    assert spearman(range(9), range(9)) is None


def test_a_side_that_is_constant_tells_nothing() -> None:
    assert spearman([5.0] * 20, range(20)) is None


def test_of_scores_that_have_nothing_to_do_with_length_19_in_20_intervals_hold_0() -> None:
    generator = np.random.default_rng(1)
    held = 0
    for _ in range(600):
        lengths = generator.integers(20, 400, size=30).tolist()
        scores = generator.choice([1, 2, 3, 4, 5], size=30, p=[0.1, 0.1, 0.2, 0.3, 0.3]).tolist()
        found = spearman(lengths, scores)
        held += found is not None and found[1][0] <= 0 <= found[1][1]
    assert 0.93 <= held / 600 <= 0.97
