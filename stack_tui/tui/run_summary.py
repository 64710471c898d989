"""A run in a few words: what it evaluates, how far it is, and how it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.reports.number_format import needed_digits
from stack_tui.runs.spec import DuelSubject, SuiteSubject
from stack_tui.text import one_line
from stack_tui.tui.state.snapshot import Counts, RunCard
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Part
from stack_tui.wilson import Interval, wilson_interval

if TYPE_CHECKING:
    from stack_tui.reports.measures.lm_eval_scores import RecordedScore
    from stack_tui.reports.measures.task_results import MetricMean


def title(card: RunCard) -> str:
    """Return what the run evaluates and on what, on one line."""
    if card.spec is None:
        return card.id
    return f"{one_line(card.spec.subject.name, 40)} · {model_of(card)}"


def model_of(card: RunCard) -> str:
    """Return the run's model, or its endpoint's name if it is unknown."""
    if card.spec is None:
        return ""
    if isinstance(card.spec.subject, DuelSubject):
        return one_line(" vs ".join(_short(run.model) for run in card.spec.subject.runs), 40)
    model = card.spec.endpoint.model or card.spec.endpoint.name
    return one_line(_short(model), 40)


def is_suite(card: RunCard) -> bool:
    """Return whether the run is of a suite, so that its samples pass or fail."""
    return card.spec is not None and isinstance(card.spec.subject, SuiteSubject)


def _short(model: str) -> str:
    return model.rsplit("/", 1)[-1]


def score_name(card: RunCard) -> str:
    """Return what `score` is: pass, accuracy, or the metric of lm-eval's score of record."""
    if record := card.record:
        return one_line(record.metric, 20)
    if mean := card.mean:
        return one_line(mean.metric, 20)
    return "pass" if is_suite(card) else "accuracy"


def score(card: RunCard) -> str:
    """Return the pass rate of a suite's open cases, lm-eval's score of record, or that so far."""
    if record := card.record:
        return format.score(record.value)
    if card.means:
        return format.score(card.mean.value) if card.mean else "–"
    open_cases = card.summary.pass_rate if card.summary else None
    rate = card.counts.pass_rate if open_cases is None else open_cases
    return format.percent(rate) if is_suite(card) else format.share(rate)


def record_parts(record: RecordedScore) -> list[Part]:
    """Return the metric, its value, where it is better, and its standard error."""
    error = "" if record.stderr is None else f" ± {_error(record)}"
    return [
        (f"{one_line(record.label, 40)} ", "dim"),
        (format.score(record.value), "strong"),
        (f"{record.direction}{error}", "dim"),
    ]


def _error(record: RecordedScore) -> str:
    """Return the standard error in the style of its score: .014 beside a share, else 0.21."""
    text = f"{record.stderr:.3g}"
    return text.removeprefix("0") if 0 <= record.value <= 1 else text


def task_score(
    counts: Counts, record: RecordedScore | None, mean: MetricMean | None = None
) -> tuple[str, str]:
    """Return a task's or group's score and its 95 % interval: of record, or else of its samples."""
    if figure := record or mean:
        return _beside(figure.value, figure.interval)
    bounds = wilson_interval(counts.passed, counts.passed + counts.failed)
    return _beside(counts.pass_rate, bounds)


def _beside(value: float | None, bounds: Interval | None) -> tuple[str, str]:
    """Return a score and its interval, with as many digits as the interval's width needs."""
    digits = needed_digits(bounds[1] - bounds[0], 2) if bounds else 2
    return format.score(value, digits), format.interval(bounds, in_percent=False)


def tally(counts: Counts) -> str:
    """Return how many samples are done: 8,850/14,042, or 14,042 if all are.

    A + follows the sum while more tasks are being loaded.
    """
    if counts.partial:
        return f"{counts.done:,}/{counts.planned:,}+"
    if counts.done == counts.planned or not counts.planned:
        return f"{counts.done:,}"
    return f"{counts.done:,}/{counts.planned:,}"
