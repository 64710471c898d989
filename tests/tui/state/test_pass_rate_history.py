"""A run's course, and its plot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.stats.sample_intervals import rate_interval
from stack_tui.runs.events import Sample
from stack_tui.tui.runs.plot import plot
from stack_tui.tui.state.pass_rate_history import POINTS, PassRateHistory, Point, pass_rate_history
from stack_tui.wilson import wilson_interval

OUTCOMES = st.lists(st.sampled_from([True, False, None]), max_size=400)


def samples(outcomes: list[bool | None]) -> list[Sample]:
    return [
        Sample(at=n, task="t", id=str(n), place=n, passed=passed)
        for n, passed in enumerate(outcomes)
    ]


def drawn(
    course: PassRateHistory, room: int = 60, height: int = 8, *, in_percent: bool = False
) -> list[str]:
    block = plot(course, height, in_percent=in_percent)
    assert callable(block)
    return [line.plain for line in block(room)]


@given(OUTCOMES, st.integers(0, 600))
def test_every_point_is_the_rate_so_far_within_its_interval(
    outcomes: list[bool | None], planned: int
) -> None:
    course = pass_rate_history(samples(outcomes), planned)
    assert len(course.points) <= POINTS + 1
    for point in course.points:
        graded = [passed for passed in outcomes[: point.done] if passed is not None]
        assert point.rate == sum(graded) / len(graded)
        bounds = wilson_interval(sum(graded), len(graded))
        assert (point.low, point.high) == pytest.approx(bounds)
        assert point.low <= point.rate <= point.high
    if any(passed is not None for passed in outcomes):
        assert course.points[-1].done == len(outcomes)


@given(OUTCOMES, OUTCOMES)
def test_points_once_there_stay_as_they_are(
    first: list[bool | None], more: list[bool | None]
) -> None:
    planned = len(first) + len(more)
    before = pass_rate_history(samples(first), planned).points
    after = pass_rate_history(samples(first + more), planned).points
    assert set(before[:-1]) <= set(after)


def test_repeats_of_a_case_count_as_one_cluster_as_in_the_runs_interval() -> None:
    found = [
        Sample(at=0, task="t", id=str(n // 4), repeat=n % 4, passed=n // 4 % 2 == 0)
        for n in range(40)
    ]
    last = pass_rate_history(found, 40).points[-1]
    expected = rate_interval([bool(s.passed) for s in found], [s.counted_as for s in found])
    assert (last.low, last.high) == expected


@given(OUTCOMES, st.integers(10, 200), st.integers(2, 20), st.booleans())
def test_a_plot_has_its_height_and_fits_its_room(
    outcomes: list[bool | None], room: int, height: int, in_percent: bool
) -> None:
    lines = drawn(
        pass_rate_history(samples(outcomes), 500), max(room, 16), height, in_percent=in_percent
    )
    assert len(lines) == height + 1
    assert all(len(line) <= max(room, 16) for line in lines)


def test_the_band_narrows_around_the_rate() -> None:
    points = tuple(Point(n, 0.5, 0.5 - 0.4 / n, 0.5 + 0.4 / n) for n in range(1, 101))
    lines = drawn(PassRateHistory(100, points), 58, 10)
    assert lines[0].startswith("  .55┤")
    assert lines[-1].rstrip().endswith("100 samples")
    marked = [{x for x, sign in enumerate(line[6:]) if sign != " "} for line in lines[:-1]]
    assert max(map(len, marked)) == len(marked[5])
    assert all(max(row) < max(marked[5]) for row in marked[:3] if row)


def test_as_the_run_goes_on_a_plot_changes_only_where_it_grows() -> None:
    outcomes: list[bool | None] = [n % 3 != 0 for n in range(1000)]
    before = drawn(pass_rate_history(samples(outcomes[:500]), 1000))
    after = drawn(pass_rate_history(samples(outcomes[:520]), 1000))
    half = 6 + 52 // 2 - 1
    assert [line[:half] for line in before] == [line[:half] for line in after]


@pytest.mark.parametrize(("in_percent", "top"), [(True, "100 %┤"), (False, " 1.00┤")])
def test_without_a_point_the_whole_scale_stands(in_percent: bool, top: str) -> None:
    lines = drawn(PassRateHistory(32), in_percent=in_percent)
    assert lines[0].startswith(top)
    assert not any(sign > "⠀" for line in lines for sign in line)
