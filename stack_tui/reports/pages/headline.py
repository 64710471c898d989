"""A run's figures with their intervals, for the head of its report."""

from collections.abc import Iterator

from stack_tui.names import plural
from stack_tui.reports.measures.sample_result import has_cut_off_judge, missing
from stack_tui.reports.measures.summary import SuiteSummary, intervals, summarize
from stack_tui.reports.measures.task_results import metric_means
from stack_tui.reports.number_format import format_interval, format_number, format_points
from stack_tui.reports.pages.model import Figure, Figures
from stack_tui.reports.stats.power import LEAST_FLIPS, smallest_paired_difference
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.status_words import STATUS_WORDS, UNANSWERED
from stack_tui.runs.view import RunView


def headline(view: RunView) -> Figures:
    """Return the scores and the counts; a count of zero is left out."""
    summary = summarize(view.open_samples)
    return Figures((*_scores(view, summary), *_counts(view, summary)))


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
            interval = format_interval(bound, rate=rate)
            yield Figure(name, format_number(value, rate=rate), interval, basis)
    means = metric_means(view)
    for task, mean in means.items() if len(view.tasks) == 1 else ():
        name = f"mean {mean.metric}{mean.direction}"
        interval = format_interval(mean.interval, rate=False)
        basis = f"of {task}, n={mean.documents:,}"
        yield Figure(name, format_number(mean.value, rate=False), interval, basis)


def _counts(view: RunView, summary: SuiteSummary) -> Iterator[Figure]:
    benchmark = isinstance(view.spec.subject, BenchmarkSubject)
    if benchmark:
        yield Figure("documents", f"{view.total.done:,} of {view.total.planned:,}")
    else:
        of_cases = f"of {summary.n_cases} cases" if summary.n_samples > summary.n_cases else ""
        yield Figure("samples", str(summary.n_samples), basis=of_cases)
    if summary.n_independent:
        yield _smallest_difference(summary)
    errors = ", ".join(f"{kind} {count}" for kind, count in summary.errors.items())
    truncated = "reached max_tokens"
    if thinking := summary.truncated_while_thinking:
        truncated += f", {thinking} of them while thinking and failed"
    rest = (
        ("missing", missing(view), f"of {view.total.planned} planned"),
        ("errors", sum(summary.errors.values()), f"{errors}; not in the scores"),
        ("unscored", summary.unscored, _unscored(view)),
        ("truncated", summary.status.get("truncated", 0), truncated),
        *(
            (STATUS_WORDS[status], summary.status.get(status, 0), meaning)
            for status, meaning in UNANSWERED.items()
        ),
        # A document's flags say how it was asked; no judge reads its output.
        ("flagged", 0 if benchmark else summary.flagged, "the output tries to steer its judge"),
    )
    for name, count, basis in rest:
        if count:
            yield Figure(name, str(count), basis=basis)
    if summary.latency_p50_s is not None:
        slow = f"95th percentile {summary.latency_p95_s:.2f} s"
        yield Figure("median latency", f"{summary.latency_p50_s:.2f} s", basis=slow)


def _unscored(view: RunView) -> str:
    cut_off = sum(map(has_cut_off_judge, view.open_samples))
    words = "no readable judge score; not in judge avg"
    return f"{words}; {cut_off} cut off: raise judge_max_tokens" if cut_off else words


def _smallest_difference(summary: SuiteSummary) -> Figure:
    """Return what another run of these cases could show; a cluster counts as one case."""
    cases = summary.n_independent
    enough = cases >= LEAST_FLIPS
    value = format_points(smallest_paired_difference(cases)) if enough else "–"
    kind = "case" if cases == summary.n_cases else "independent case"
    return Figure("smallest detectable difference", value, basis=f"with {plural(cases, kind)}")
