"""The held-out cases' own figures, and who has seen their texts."""

import msgspec

from stack_tui.reports.measures.summary import Intervals, SuiteSummary, intervals, summarize
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.view import RunView


class Holdout(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the held-out samples, and the accesses to their texts, oldest first."""

    summary: SuiteSummary
    intervals: Intervals
    looks: tuple[HoldoutAccess, ...]


def holdout(view: RunView) -> Holdout | None:
    """Return the figures of the held-out samples, None if there are none."""
    if not view.holdouts:
        return None
    samples = view.held_out_samples
    return Holdout(summary=summarize(samples), intervals=intervals(samples), looks=view.accesses)
