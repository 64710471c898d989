"""Reading the number that an answer ends in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.suites.grading.number_rule import last_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The answer is 42.", "42"),
        ("17 + 25 = 42, so 17 × 25 = 425", "425"),
        ("It costs $1,234.50 in all", "1234.50"),
        ("14\u202f042 samples", "14042"),
        ("−3 °C", "-3"),
        ("from 10-12", "12"),
        ("6.02e23", "6.02e23"),
        ("a share of .5", "0.5"),
        ("99.86 %", "99.86"),
        ("1, 2, 3", "3"),
        ("10,5", "10.5"),
        ("0,125", "0.125"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("1.234,50 €", "1234.50"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12,34,567", "1234567"),
        ("14\u00a0042,5", "14042.5"),
        ("3,4,5", "5"),
        ("so,5", "5"),
        ("3,4.5", "4.5"),
        ("7, as of 12.05.2024", "7"),
        ("4 in version 1.2.3", "4"),
        ("9" * 500, None),
        ("**7**", "7"),
        ("5 molecules of H2O", "5"),
        ("none at all", None),
        ("", None),
    ],
)
def test_the_last_number_is_read_as_written(text: str, number: str | None) -> None:
    assert last_number(text) == (None if number is None else Decimal(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_a_number_is_read_back(number: Decimal) -> None:
    assert last_number(f"so it is {number:f}.") == number


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert last_number(text) is None or isinstance(last_number(text), Decimal)
