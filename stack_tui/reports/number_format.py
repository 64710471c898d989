"""How every report writes numbers."""

import math

from stack_tui.names import plural
from stack_tui.reports.stats.power import FEW_CASES, LEAST_FLIPS, smallest_paired_difference

_MOST_DIGITS = 6
_STEPS = 4


def format_number(value: float, *, rate: bool) -> str:
    """Return a rate in percent, any other figure with two decimals; 0% and 100% are exact."""
    return format_percent(value, 1) if rate else f"{value:.2f}"


def format_percent(share: float, digits: int = 0) -> str:
    """Return a share in percent, with more digits where it would seem to be none or all."""
    for more in range(digits, _MOST_DIGITS):
        text = f"{100 * share:.{more}f}%"
        if share in (0, 1) or float(text[:-1]) not in (0, 100):
            return text
    return text


def needed_digits(width: float, least: int) -> int:
    """Return how many decimals an interval of that width needs, so that rounding leaves it one.

    Its ends are then at least four steps of the last digit apart.
    """
    if width <= 0:
        return least
    return min(_MOST_DIGITS, max(least, math.ceil(math.log10(_STEPS / width))))


def format_p(p: float) -> str:
    """Return a p-value with three decimals, which never are 0."""
    return "<.001" if p < 0.001 else f"{p:.3f}"


def describe_p(p: float) -> str:
    """Return a p-value for a sentence: p < .001 or p = 0.023."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}"


def format_interval(interval: tuple[float, float] | None, *, rate: bool) -> str:
    """Return an interval as "low to high", "" for None."""
    if interval is None:
        return ""
    return f"{format_number(interval[0], rate=rate)} to {format_number(interval[1], rate=rate)}"


def format_with_interval(value: float, interval: tuple[float, float] | None, *, rate: bool) -> str:
    """Return a figure with its interval in brackets, such as 66.7% (30.0% to 90.3%)."""
    bounds = format_interval(interval, rate=rate)
    return format_number(value, rate=rate) + (f" ({bounds})" if bounds else "")


def format_points(share: float) -> str:
    """Return a share of 1 in points, such as 6.7 points."""
    return f"{100 * share:.1f} points"


def reach(cases: int, of: int) -> str:
    """Return in words the smallest difference of pass rates that two runs of so many cases show.

    `cases` counts each cluster once; `of` counts all cases.
    """
    counted = plural(cases, "case" if cases == of else "independent case")
    if cases < LEAST_FLIPS:
        return f"with {counted}, no difference is visible"
    smallest = f"{100 * smallest_paired_difference(cases):.0f} points"
    if cases < FEW_CASES:
        return f"with {counted}, differences under {smallest} are invisible"
    return f"with {counted}, differences of {smallest} and more show"


def format_latency(seconds: float | None) -> str:
    """Return 3.4 ms, 120 ms, 1.24 s or 38 s."""
    if seconds is None:
        return "–"
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"
