"""Calibration error, AUROC and selective accuracy against their definitions."""

from itertools import pairwise

import numpy as np
import pytest

from stack_tui.reports.stats.model_confidence import (
    accuracy_at_coverage,
    auroc,
    calibration_error,
    confidence_bins,
)


def drawn(count: int, seed: int, excess: float = 0.0) -> tuple[list[float], list[bool]]:
    """Return confidences and outcomes of a model that claims `excess` more than it holds."""
    generator = np.random.default_rng(seed)
    sure = generator.uniform(0.3, 0.95, count)
    right = generator.random(count) < sure - excess
    return sure.tolist(), right.tolist()


def test_bins_hold_a_tenth_each_by_rising_confidence() -> None:
    bins = confidence_bins(*drawn(1000, 1))
    assert [each.documents for each in bins] == [100] * 10
    assert all(a.highest <= b.lowest for a, b in pairwise(bins))


def test_the_error_is_the_mean_gap_between_claimed_and_right() -> None:
    found = calibration_error([0.6] * 50 + [0.9] * 50, [True, False] * 25 + [True] * 50)
    assert found.value == pytest.approx(0.1)


def test_of_a_calibrated_model_the_interval_reaches_0_in_19_of_20_runs() -> None:
    found = [calibration_error(*drawn(400, seed)) for seed in range(200)]
    assert all(each.value > 0 for each in found)
    assert sum(each.interval[0] == 0 for each in found) >= 184


def test_of_an_overconfident_model_most_intervals_hold_the_excess() -> None:
    found = [calibration_error(*drawn(1000, seed, 0.1)) for seed in range(200)]
    assert sum(each.interval[0] <= 0.1 <= each.interval[1] for each in found) >= 184


def test_auroc_is_the_share_of_pairs_in_order_ties_counted_half() -> None:
    sure, right = [0.9, 0.8, 0.8, 0.4], [True, True, False, False]
    assert (auroc(sure, right) or (0, None))[0] == pytest.approx((4 - 0.5) / 4)


def test_most_intervals_of_auroc_hold_its_value() -> None:
    whole, _ = auroc(*drawn(200_000, 7)) or (0.0, None)
    found = [auroc(*drawn(300, seed)) for seed in range(200)]
    assert sum(each is not None and each[1][0] <= whole <= each[1][1] for each in found) >= 182


def test_auroc_needs_two_of_each_kind() -> None:
    assert auroc([0.5, 0.6, 0.7], [True, True, False]) is None


def test_a_perfect_order_is_not_certain() -> None:
    assert auroc([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == (1.0, (0.5, 1.0))


def test_the_surest_half_is_what_counts_at_half_coverage() -> None:
    accuracy, interval = accuracy_at_coverage([0.9, 0.8, 0.3, 0.2], [True, True, False, True], 0.5)
    assert accuracy == 1.0
    assert interval is not None
    assert interval[0] < 0.5
