"""Held-out cases: scored apart from the others, with a log of who saw their texts."""

import copy
from collections.abc import Callable

import msgspec

from stack_tui.reports.measures.summary import Intervals, SuiteSummary, intervals, summarize
from stack_tui.runs.events import Sample
from stack_tui.runs.holdout_access_log import HoldoutAccess
from stack_tui.runs.view import RunView


class Holdout(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the held-out samples, and each access to their texts, oldest first."""

    summary: SuiteSummary
    intervals: Intervals
    looks: tuple[HoldoutAccess, ...]


def scored(view: RunView) -> RunView:
    """Return the view with the samples alone that a report's own figures are of."""
    return _only(view, lambda sample: not sample.holdout)


def held_out(view: RunView) -> RunView:
    """Return the view with the held-out samples alone."""
    return _only(view, lambda sample: sample.holdout)


def _only(view: RunView, wanted: Callable[[Sample], bool]) -> RunView:
    if all(wanted(sample) for sample in view.samples):
        return view
    found = copy.copy(view)
    found.samples = [sample for sample in view.samples if wanted(sample)]
    return found


def holdout(view: RunView) -> Holdout | None:
    """Return the figures of the held-out samples, None without any."""
    if not view.holdouts:
        return None
    samples = held_out(view).samples
    return Holdout(
        summary=summarize(samples), intervals=intervals(samples), looks=tuple(view.looks)
    )
