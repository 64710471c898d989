"""A run's figures if the samples that ended without an outcome had passed, or had failed."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from stack_tui.reports.measures.lm_eval_scores import recorded_scores
from stack_tui.reports.measures.summary import intervals, summarize
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView


class Extreme(msgspec.Struct, frozen=True, kw_only=True):
    """The figures that missing outcomes could change, by the names that gates use."""

    name: str
    """What the missing outcomes are taken for: failed or passed."""
    values: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]


def extremes(view: RunView) -> tuple[Extreme, Extreme]:
    """Return the figures with all missing outcomes as failed, and with all of them as passed."""
    return _extreme(view, passed=False), _extreme(view, passed=True)


def _extreme(view: RunView, *, passed: bool) -> Extreme:
    values: dict[str, float | None] = {}
    bounds: dict[str, Interval | None] = {}
    for ahead, samples in (("", view.open_samples), ("holdout.", view.held_out_samples)):
        if any(map(lacks_score, samples)):
            filled = [_assumed(sample, view, passed=passed) for sample in samples]
            rates = msgspec.structs.asdict(intervals(filled))
            figures = summarize(filled)
            values |= {f"{ahead}{field}": getattr(figures, field) for field in rates}
            bounds |= {f"{ahead}{field}": interval for field, interval in rates.items()}
    for score in recorded_scores(view):
        if found := score.with_missing(view, passed=passed):
            values[score.name], bounds[score.name] = found
    return Extreme(name="passed" if passed else "failed", values=values, intervals=bounds)


def lacks_score(sample: Sample) -> bool:
    """Return whether the sample ended in an error, or no judge was readable."""
    return sample.status == "error" or sample.unscored


def _assumed(sample: Sample, view: RunView, *, passed: bool) -> Sample:
    """Return the sample, with the best or the worst of the scores that it lacks."""
    if not lacks_score(sample):
        return sample
    rule = float(passed) if sample.rule_score is None else sample.rule_score
    return replace(
        sample,
        status="ok" if sample.status in ("error", "unscored") else sample.status,
        passed=passed if sample.passed is None else sample.passed,
        rule_score=None if isinstance(view.spec.subject, BenchmarkSubject) else rule,
        judge_score=(5.0 if passed else 1.0) if view.spec.judges else None,
    )
