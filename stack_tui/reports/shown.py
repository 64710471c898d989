"""How every report writes numbers."""


def number(value: float, *, rate: bool) -> str:
    """Return a rate in per cent, any other figure with two digits."""
    return f"{100 * value:.1f}%" if rate else f"{value:.2f}"


def between(interval: tuple[float, float] | None, *, rate: bool) -> str:
    """Return an interval as "low to high", "" where there is none."""
    if interval is None:
        return ""
    return f"{number(interval[0], rate=rate)} to {number(interval[1], rate=rate)}"


def points(share: float) -> str:
    """Return a share of 1 in points, such as 6.7 points."""
    return f"{100 * share:.1f} points"
