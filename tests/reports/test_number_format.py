"""Numbers whose rounding must not hide what they say."""

import pytest

from stack_tui.reports.number_format import (
    describe_p,
    format_number,
    format_p,
    format_percent,
    needed_digits,
)
from stack_tui.tui.ui import format


@pytest.mark.parametrize(
    ("share", "text"),
    [(399 / 400, "99.8%"), (1.0, "100%"), (0.0, "0%"), (1e-5, "0.001%"), (0.5, "50%")],
)
def test_a_percentage_is_none_or_all_only_if_it_is(share: float, text: str) -> None:
    assert format_percent(share) == text


def test_a_rate_of_nearly_all_is_not_100_percent() -> None:
    assert format_number(14041 / 14042, rate=True) == "99.99%"
    assert format_number(1.0, rate=True) == "100.0%"


def test_a_tiny_p_is_not_0() -> None:
    assert (format_p(1e-50), describe_p(1e-50)) == ("<.001", "p < .001")
    assert (format_p(0.0234), describe_p(0.0234)) == ("0.023", "p = 0.023")


@pytest.mark.parametrize(
    ("width", "digits"), [(0.18, 2), (0.07, 2), (0.016, 3), (0.0005, 4), (0, 2)]
)
def test_digits_follow_the_width_of_the_interval(width: float, digits: int) -> None:
    assert needed_digits(width, 2) == digits


def test_a_narrow_interval_is_not_rounded_away_on_the_screen() -> None:
    assert format.interval((0.6339, 0.6498), in_percent=False) == "[.634–.650]"
    assert format.interval((0.6339, 0.6498), in_percent=True) == "[63.4–65.0 %]"
    assert format.interval((0.33, 0.51), in_percent=True) == "[33–51 %]"
