import pytest

from stack_tui.reports.number_format import reach
from stack_tui.reports.stats.paired import sign_flip
from stack_tui.reports.stats.power import (
    LEAST_FLIPS,
    cases_for_mean_difference,
    smallest_paired_difference,
)
from stack_tui.reports.stats.unconditional import power


@pytest.mark.parametrize(
    ("cases", "expected"), [(12, 0.497), (30, 0.19), (100, 0.122), (14042, 0.0106)], ids=str
)
def test_a_fifth_of_discordant_cases_shows_the_known_smallest_differences(
    cases: int, expected: float
) -> None:
    assert smallest_paired_difference(cases) == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize("cases", [8, 30, 100, 200])
def test_the_smallest_difference_is_found_four_times_in_five(cases: int) -> None:
    smallest = smallest_paired_difference(cases)
    assert power(cases, smallest, max(0.2, smallest)) == pytest.approx(0.8, abs=0.001)


def test_a_mean_difference_needs_cases_by_its_spread() -> None:
    # A difference of half a standard deviation: 4 × 2.8016² = 31.4.
    assert cases_for_mean_difference(0.5, 1.0) == 32


def test_no_fewer_cases_than_the_flips_of_signs_need_show_a_mean_difference() -> None:
    assert sign_flip([1.0] * LEAST_FLIPS) <= 0.05 < sign_flip([1.0] * (LEAST_FLIPS - 1))
    assert cases_for_mean_difference(1.0, 0.01) == LEAST_FLIPS


def test_no_difference_needs_no_number_of_cases() -> None:
    assert cases_for_mean_difference(0.0, 1.0) is None


def test_few_cases_say_what_they_cannot_tell() -> None:
    assert reach(24, 24) == "with 24 cases, differences under 26 points are invisible"
    assert reach(12, 12) == "with 12 cases, differences under 50 points are invisible"
    assert reach(1, 1) == "with 1 case, no difference is visible"
    assert reach(8, 24) == "with 8 independent cases, differences under 70 points are invisible"
    assert reach(100, 100) == "with 100 cases, differences of 12 points and more show"


def test_no_cases_show_no_difference() -> None:
    assert smallest_paired_difference(0) == 1.0
