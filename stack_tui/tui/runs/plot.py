"""A pass rate drawn in braille: a line between the two ends of its interval."""

from collections.abc import Sequence
from itertools import groupby

from textual.content import Content

from stack_tui.tui.state.pass_rate_history import PassRateHistory, Point
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, line

# Dots of a braille cell, by row from the top: left column, right column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_AXIS = 5

Cells = dict[tuple[int, int], int]


def plot(course: PassRateHistory, height: int, *, in_percent: bool) -> Block:
    """Return the plot, `height` lines high, with one more line for the axis of samples."""

    def lay_out(room: int) -> Sequence[Content]:
        width = max(8, room - _AXIS - 2)
        rate, bounds = _drawn(course, width, height)
        lines = [
            line(
                (_label(course, row, height, in_percent=in_percent), "dim"),
                *_row(rate, bounds, row, width),
            )
            for row in range(height)
        ]
        end = f"{course.planned:,} samples"[: width - 1]
        return [*lines, line((f"{' ' * _AXIS} 0{end:>{width - 1}}", "dim"))]

    return lay_out


def _label(course: PassRateHistory, row: int, height: int, *, in_percent: bool) -> str:
    """Return the top, middle and bottom rate beside the axis."""
    low, high = course.bounds
    at = {0: high, height // 2: (low + high) / 2, height - 1: low}
    text = ""
    if row in at:
        text = format.percent(at[row]) if in_percent else format.share(at[row])
    return f"{text:>{_AXIS}}{'┤' if text else '│'}"


def _drawn(course: PassRateHistory, width: int, height: int) -> tuple[Cells, Cells]:
    """Return the dots of the rate, and those of its interval's ends."""
    rate: Cells = {}
    bounds: Cells = {}
    low, high = course.bounds
    before: int | None = None
    for x, point in _columns(course, 2 * width):
        y = _height_of(point.rate, low, high, 4 * height)
        if y is not None:
            start = y if before is None else before + (y > before) - (y < before)
            for between in range(min(start, y), max(start, y) + 1):
                _set(rate, x, between)
        before = y
        for end in (point.low, point.high):
            at = _height_of(end, low, high, 4 * height)
            if at is not None and at != y:
                _set(bounds, x, at)
    return rate, bounds


def _columns(course: PassRateHistory, width: int) -> list[tuple[int, Point]]:
    """Return the point in each column of dots that the run has reached."""
    if not course.points:
        return []
    found = []
    place, last = 0, course.points[-1].done
    for x in range(width):
        reached = course.planned * (x + 1) // width
        while place + 1 < len(course.points) and course.points[place + 1].done <= reached:
            place += 1
        if course.points[place].done <= reached or (x == 0 and last):
            found.append((x, course.points[place]))
        if reached >= last:
            break
    return found


def _height_of(rate: float, low: float, high: float, dots: int) -> int | None:
    """Return the row of dots, from the top, at which the rate lies; None outside the plot."""
    if not low <= rate <= high:
        return None
    return min(dots - 1, int((high - rate) / (high - low) * dots)) if high > low else dots // 2


def _set(cells: Cells, x: int, y: int) -> None:
    cell = (y // 4, x // 2)
    cells[cell] = cells.get(cell, 0) | _DOTS[y % 4][x % 2]


def _row(rate: Cells, bounds: Cells, row: int, width: int) -> list[Part]:
    """Return one line of cells; those on the rate have a tone of their own."""
    cells = [(rate.get((row, x), 0), bounds.get((row, x), 0)) for x in range(width)]
    parts: list[Part] = []
    for through, run in groupby(cells, key=lambda cell: cell[0] > 0):
        text = "".join(chr(0x2800 | own | ends) if own | ends else " " for own, ends in run)
        parts.append((text, "accent" if through else "dim"))
    return parts
