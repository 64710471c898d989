"""Held-out cases: scored apart from the others, with a log of who saw their texts."""

import msgspec

from stack_tui.reports.measures.summary import Intervals, SuiteSummary, intervals, summarize
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.view import RunView


class Holdout(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the held-out samples, and each access to their texts, oldest first."""

    summary: SuiteSummary
    intervals: Intervals
    looks: tuple[HoldoutAccess, ...]


def holdout(view: RunView) -> Holdout | None:
    """Return the figures of the held-out samples, None without any."""
    if not view.holdouts:
        return None
    samples = view.held_out_samples
    return Holdout(summary=summarize(samples), intervals=intervals(samples), looks=view.accesses)
