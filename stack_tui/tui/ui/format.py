"""Numbers as the screens show them: times, rates, scores and counts."""

from datetime import UTC, datetime

from stack_tui.reports.number_format import format_latency, needed_digits

latency = format_latency


def time_left(seconds: float | None) -> str:
    """Return 0:16, 12:03, 1:02:03 or 2 d 3 h."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole >= 86_400:
        return f"{whole // 86_400} d {whole % 86_400 // 3600} h"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rate(per_second: float | None) -> str:
    """Return 412/s, 1.2/s or 4.1/min."""
    if per_second is None:
        return "–"
    if per_second >= 10:
        return f"{per_second:,.0f}/s"
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{per_second * 60:.1f}/min"


def share(value: float | None, digits: int = 2) -> str:
    """Return a score between 0 and 1 as .91 or 1.00."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.removeprefix("0") if text.startswith("0.") else text


def score(value: float | None, digits: int = 2) -> str:
    """Return a share as .91, and the value of any other metric, such as perplexity, as 12.35."""
    return share(value, digits) if value is None or 0 <= value <= 1 else f"{value:.4g}"


def interval(bounds: tuple[float, float] | None, *, in_percent: bool) -> str:
    """Return a 95 % interval as [33–51 %] or [.673–.689], "" if there is none.

    Digits are as many as its width needs: a narrow one is not rounded away.
    """
    if bounds is None:
        return ""
    width = bounds[1] - bounds[0]
    if in_percent:
        digits = needed_digits(100 * width, 0)
        return f"[{100 * bounds[0]:.{digits}f}–{100 * bounds[1]:.{digits}f} %]"
    digits = needed_digits(width, 2)
    return f"[{score(bounds[0], digits)}–{score(bounds[1], digits)}]"


def grade(value: float | None) -> str:
    """Return a judge's score, 1 to 5, as 4 or 4.5."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float | None) -> str:
    """Return a share as 63 %; 0 % and 100 % mean exactly none and all."""
    if value is None:
        return "–"
    whole = round(value * 100)
    if 0 < value < 1:
        whole = min(max(whole, 1), 99)
    return f"{whole} %"


def count(number: int | None) -> str:
    """Return 14,042, or – if unknown."""
    return "–" if number is None else f"{number:,}"


def moment(when: float | str) -> str:
    """Return a time (seconds since 1970, or ISO 8601) as 23 Nov 18:07, in this machine's zone."""
    try:
        at = (
            datetime.fromisoformat(when)
            if isinstance(when, str)
            else datetime.fromtimestamp(when, UTC)
        )
    except (ValueError, OverflowError, OSError):
        return "–"
    return f"{at.astimezone():%d %b %H:%M}"
