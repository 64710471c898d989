"""Figures as they are shown."""

import pytest

from stack_tui.tui.ui import format


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0.0034, "3.4 ms"), (0.12, "120 ms"), (1.239, "1.24 s"), (1234.0, "1,234 s")],
)
def test_a_latency_has_the_unit_that_reads_best(seconds: float | None, shown: str) -> None:
    assert format.latency(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (-3, "0:00"),
        (16, "0:16"),
        (723, "12:03"),
        (3723, "1:02:03"),
        (183600, "2 d 3 h"),
    ],
)
def test_time_left_is_a_clock_and_from_a_day_on_days(seconds: float | None, shown: str) -> None:
    assert format.time_left(seconds) == shown


@pytest.mark.parametrize(
    ("per_second", "shown"), [(None, "–"), (412.3, "412/s"), (1.24, "1.2/s"), (0.0683, "4.1/min")]
)
def test_a_slow_rate_is_told_by_the_minute(per_second: float | None, shown: str) -> None:
    assert format.rate(per_second) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.914, ".91"), (1.0, "1.00"), (0.0, ".00"), (-0.5, "-0.50")]
)
def test_a_share_is_told_as_a_score(value: float | None, shown: str) -> None:
    assert format.share(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (4.0, "4"), (4.5, "4.5"), (3.8571, "3.86")]
)
def test_a_grade_has_no_needless_zeros(value: float | None, shown: str) -> None:
    assert format.grade(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0.0, "0 %"), (0.001, "1 %"), (0.9999, "99 %"), (1.0, "100 %")],
)
def test_only_all_is_100_percent_and_only_none_is_0(value: float | None, shown: str) -> None:
    assert format.percent(value) == shown


def test_a_time_that_cannot_be_read_is_a_dash() -> None:
    assert format.moment("yesterday") == format.moment(float("inf")) == "–"
