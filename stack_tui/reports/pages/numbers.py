"""How every report writes numbers."""

from stack_tui.runs.events import CriterionScore, JudgeScore
from stack_tui.text import one_line


def format_number(value: float, *, rate: bool) -> str:
    """Return a rate in per cent, any other figure with two digits."""
    return f"{100 * value:.1f}%" if rate else f"{value:.2f}"


def format_interval(interval: tuple[float, float] | None, *, rate: bool) -> str:
    """Return an interval as "low to high", "" where there is none."""
    if interval is None:
        return ""
    return f"{format_number(interval[0], rate=rate)} to {format_number(interval[1], rate=rate)}"


def judge_answer(verdict: JudgeScore) -> str:
    """Return what the judge said: its criteria one by one, its answer, or why there is none."""
    if verdict.criteria:
        return "; ".join(map(_criterion, verdict.criteria))
    return verdict.failure.message if verdict.failure else verdict.answer


def _criterion(each: CriterionScore) -> str:
    shown = "–" if each.score is None else f"{each.score:g}"
    weight = "" if each.weight == 1 else f" × {each.weight:g}"
    why = ""
    if each.failure:
        why = f" ({each.failure.message})"
    elif each.score is None:
        why = f" (no score in {one_line(each.answer, 80)!r})"
    return f"{each.name}{weight} {shown}{why}"


def format_points(share: float) -> str:
    """Return a share of 1 in points, such as 6.7 points."""
    return f"{100 * share:.1f} points"
