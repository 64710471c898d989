"""A run's figures with their intervals, as the reports for other programs show them."""

from collections.abc import Iterator

import msgspec

from stack_tui.reports.measures.duels.duel_pairs import pair_results, verdict_words
from stack_tui.reports.measures.intervals import intervals
from stack_tui.reports.measures.sample_result import missing
from stack_tui.reports.measures.summary import SuiteSummary, in_order, summarize
from stack_tui.reports.number_format import format_interval, format_number, format_points
from stack_tui.reports.stats.power import LEAST_FLIPS, smallest_paired_difference
from stack_tui.reports.stats.sample_intervals import Interval, rate_interval
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A name and its value in words, with the 95 % interval and what it rests on."""

    name: str
    value: str
    interval: str = ""
    basis: str = ""


class TaskRate(msgspec.Struct, frozen=True, kw_only=True):
    """A task's share of samples passed, 0 to 1, and its interval; None without any verdict."""

    task: str
    passed: int
    judged: int
    samples: int
    rate: float | None
    interval: Interval | None


def figures(view: RunView) -> list[Figure]:
    """Return what stands at a report's head; what is zero and would only take room is left out."""
    if isinstance(view.spec.subject, DuelSubject):
        return list(_duel(view))
    summary = summarize(view.open_samples)
    return [*_scores(view, summary), *_counts(view, summary)]


def _duel(view: RunView) -> Iterator[Figure]:
    for pair in pair_results(view):
        if pair.win_rate is not None:
            yield Figure(
                name=f"win rate of {pair.b} over {pair.a}",
                value=format_number(pair.win_rate, rate=True),
                interval=format_interval(pair.interval, rate=True),
                basis=verdict_words(pair),
            )


def _scores(view: RunView, summary: SuiteSummary) -> Iterator[Figure]:
    bounds = intervals(view.open_samples)
    judged = summary.passed + summary.failed
    rows = (
        ("pass rate", summary.pass_rate, bounds.pass_rate, f"{summary.passed} of {judged}"),
        ("rule avg", summary.rule_avg, bounds.rule_avg, f"of 1, n={summary.n_rule_scored}"),
        ("rule pass rate", summary.rule_pass_rate, bounds.rule_pass_rate, ""),
        ("judge avg", summary.judge_avg, bounds.judge_avg, f"of 5, n={summary.n_judge_scored}"),
        ("judge pass rate", summary.judge_pass_rate, bounds.judge_pass_rate, ""),
    )
    for name, value, bound, basis in rows:
        if value is not None:
            rate = name.endswith("rate")
            yield Figure(
                name=name,
                value=format_number(value, rate=rate),
                interval=format_interval(bound, rate=rate),
                basis=basis,
            )


def _counts(view: RunView, summary: SuiteSummary) -> Iterator[Figure]:
    of_cases = f"of {summary.n_cases} cases" if summary.n_samples > summary.n_cases else ""
    yield Figure(name="samples", value=str(summary.n_samples), basis=of_cases)
    kinds = ", ".join(f"{kind} {count}" for kind, count in summary.errors.items())
    yield from _reach(summary)
    rest = (
        ("missing", missing(view), "planned, and without an outcome"),
        ("errors", sum(summary.errors.values()), f"{kinds}; in no score"),
        ("unscored", summary.unscored, "no judge's score could be read"),
        ("truncated", summary.status.get("truncated", 0), ""),
        ("empty", summary.status.get("empty", 0), ""),
        ("flagged", summary.flagged, "the output tries to steer its judge"),
    )
    for name, count, basis in rest:
        if count:
            yield Figure(name=name, value=str(count), basis=basis)
    if summary.latency_p50_s is not None:
        slow = f"95th percentile {summary.latency_p95_s:.2f} s"
        yield Figure(name="median latency", value=f"{summary.latency_p50_s:.2f} s", basis=slow)


def _reach(summary: SuiteSummary) -> Iterator[Figure]:
    """Yield the smallest difference that the cases, clusters counted once, could show."""
    cases = summary.n_independent
    basis = "of difference to another run"
    if cases < summary.n_cases:
        basis += f", by {cases} independent cases"
    if cases >= LEAST_FLIPS:
        yield Figure(
            name="shows from", value=format_points(smallest_paired_difference(cases)), basis=basis
        )
    elif cases:
        yield Figure(name="shows from", value="–", basis="so few cases show no difference")


def task_rates(view: RunView) -> list[TaskRate]:
    """Return each task's pass rate, by the tasks' names."""
    tasks: dict[str, list[Sample]] = {}
    for sample in in_order(view.open_samples):
        tasks.setdefault(sample.task, []).append(sample)
    return [_task_rate(task, samples) for task, samples in tasks.items()]


def _task_rate(task: str, samples: list[Sample]) -> TaskRate:
    verdicts = [
        (sample.counted_as, sample.passed) for sample in samples if sample.passed is not None
    ]
    passes = [passed for _, passed in verdicts]
    return TaskRate(
        task=task,
        passed=sum(passes),
        judged=len(passes),
        samples=len(samples),
        rate=sum(passes) / len(passes) if passes else None,
        interval=rate_interval(passes, [case for case, _ in verdicts]),
    )
