import pytest

from stack_tui.reports.number_format import reach
from stack_tui.reports.stats.paired import mcnemar_exact, sign_flip
from stack_tui.reports.stats.power import (
    LEAST_FLIPS,
    cases_for_mean_difference,
    cases_for_paired_difference,
    smallest_paired_difference,
)


@pytest.mark.parametrize(
    ("cases", "expected"), [(30, 0.23), (100, 0.125), (14042, 0.0106)], ids=str
)
def test_a_fifth_of_discordant_cases_shows_the_known_smallest_differences(
    cases: int, expected: float
) -> None:
    assert smallest_paired_difference(cases) == pytest.approx(expected, abs=0.002)


def test_a_difference_can_be_shown_by_as_many_cases_as_it_takes() -> None:
    needed = cases_for_paired_difference(0.05, 0.2)
    assert needed is not None
    assert smallest_paired_difference(needed, 0.2) <= 0.05
    assert smallest_paired_difference(needed - 1, 0.2) > 0.05


def test_a_mean_difference_needs_cases_by_its_spread() -> None:
    # A difference of half a standard deviation: 4 × 2.8016² = 31.4.
    assert cases_for_mean_difference(0.5, 1.0) == 32


def test_no_fewer_cases_than_the_flips_of_signs_need_show_a_mean_difference() -> None:
    assert sign_flip([1.0] * LEAST_FLIPS) <= 0.05 < sign_flip([1.0] * (LEAST_FLIPS - 1))
    assert cases_for_mean_difference(1.0, 0.01) == LEAST_FLIPS


def test_no_difference_needs_no_number_of_cases() -> None:
    assert cases_for_paired_difference(0.0) is None
    assert cases_for_mean_difference(0.0, 1.0) is None


def test_no_fewer_flips_than_the_exact_test_needs_can_show_a_difference() -> None:
    assert mcnemar_exact(LEAST_FLIPS, 0) <= 0.05 < mcnemar_exact(LEAST_FLIPS - 1, 0)
    assert smallest_paired_difference(60, 1 / 60) == pytest.approx(LEAST_FLIPS / 60)


def test_few_cases_say_what_they_cannot_tell() -> None:
    assert reach(24, 24) == "with 24 cases, differences under 26 points are invisible"
    assert reach(12, 12) == "with 12 cases, differences under 50 points are invisible"
    assert reach(1, 1) == "with 1 case, no difference is visible"
    assert reach(8, 24) == "with 8 independent cases, differences under 75 points are invisible"
    assert reach(100, 100) == "with 100 cases, differences of 13 points and more show"


def test_no_cases_show_no_difference() -> None:
    assert smallest_paired_difference(0) == 1.0
