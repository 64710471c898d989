"""Cases held out: scored apart from the others, and every look at them told."""

from datetime import UTC, datetime

import msgspec

from stack_tui.reports.measures.intervals import Intervals, intervals
from stack_tui.reports.measures.summary import SuiteSummary, summarize
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.section import Section
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.view import RunView

_FIGURES = ("pass_rate", "rule_avg", "rule_pass_rate", "judge_avg", "judge_pass_rate")


class Holdout(msgspec.Struct, frozen=True, kw_only=True):
    """What the held-out samples come to, and who looked at their texts when, oldest first."""

    summary: SuiteSummary
    intervals: Intervals
    looks: tuple[HoldoutAccess, ...]


def holdout(view: RunView) -> Holdout | None:
    """Return what the held-out samples come to, None where there are none."""
    if not view.holdouts:
        return None
    samples = view.held_out_samples
    return Holdout(summary=summarize(samples), intervals=intervals(samples), looks=view.accesses)


def holdout_section(view: RunView) -> Section | None:
    """Return the open and the held-out figures side by side, and the looks; None without any."""
    found = holdout(view)
    if found is None:
        return None
    samples = view.open_samples
    here, bounds = summarize(samples), intervals(samples)
    rows = [("cases", f"open {here.n_cases}, holdout {found.summary.n_cases}")]
    for name in _FIGURES:
        rate = name.endswith("rate")
        sides = (
            _figure(getattr(here, name), getattr(bounds, name), rate=rate),
            _figure(getattr(found.summary, name), getattr(found.intervals, name), rate=rate),
        )
        if any(sides):
            told = f"open {sides[0] or '–'}, holdout {sides[1] or '–'}"
            rows.append((name.replace("_", " "), told))
    errors = sum(found.summary.errors.values())
    rows += [("errors", f"{errors} in the holdout")] if errors else []
    rows.append(("seen", seen(found.looks)))
    return Section(title="holdout, scored apart", rows=tuple(rows))


def _figure(value: float | None, interval: tuple[float, float] | None, *, rate: bool) -> str:
    if value is None:
        return ""
    bounds = format_interval(interval, rate=rate)
    return format_number(value, rate=rate) + (f" ({bounds})" if bounds else "")


def seen(looks: tuple[HoldoutAccess, ...]) -> str:
    """Return how often the texts were looked at, and who did so last."""
    if not looks:
        return "never: their texts were shown to nobody"
    last = looks[-1]
    when = datetime.fromtimestamp(last.at, UTC)
    times = "once" if len(looks) == 1 else f"{len(looks)} times"
    return f"{times}, last by {last.who} on {when:%Y-%m-%d %H:%M} UTC ({last.what})"
