"""Benchmarks whose primary metric takes fractions: nothing passes, and the metric decides."""

import msgspec
import pytest

from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.gates import numbers
from stack_tui.reports.measures.summary import summarize
from stack_tui.reports.measures.task_results import metric_means, task_results
from stack_tui.reports.pages.comparison_page import comparison_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import Event, Planned, RecordScores, Sample, TaskPlan
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.view import RunView
from tests.reports.views import OTHER_SPEC, SPEC
from tests.runs.samples import fold

BENCHMARK = BenchmarkSubject(tasks=("squad",))
A = msgspec.structs.replace(SPEC, subject=BENCHMARK, judges=())
B = msgspec.structs.replace(OTHER_SPEC, subject=BENCHMARK, judges=())


def run(values: list[float], spec: RunSpec = A, metric: str = "f1", *, up: bool = True) -> RunView:
    """A run whose documents have those values, and pass or fail where these are 1 or 0."""
    plan = TaskPlan(
        name="squad",
        samples=len(values),
        requests=len(values),
        route="generate",
        metric=f"{metric},none",
        higher_is_better=up,
    )
    documents = [
        Sample(
            at=1.0,
            task="squad",
            id=str(place),
            place=place,
            passed=None if 0 < value < 1 or value > 1 else value == 1,
            metrics={f"{metric},none": value},
        )
        for place, value in enumerate(values)
    ]
    events: list[Event] = [Planned(at=0.0, tasks=(plan,)), *documents]
    return fold(spec, events)


def test_no_document_passes_where_one_has_a_fraction() -> None:
    view = run([1.0, 0.0, 0.4, 1.0])
    assert [sample.passed for sample in view.samples] == [None] * 4
    assert (view.total.passed, view.total.failed) == (0, 0)
    assert (view.tasks["squad"].passed, view.tasks["squad"].failed) == (0, 0)
    assert summarize(view.open_samples).pass_rate is None


def test_documents_pass_and_fail_where_the_metric_is_0_or_1_throughout() -> None:
    view = run([1.0, 0.0, 1.0])
    assert [sample.passed for sample in view.samples] == [True, False, True]
    assert metric_means(view) == {}


def test_the_order_of_fractions_makes_no_difference_to_the_view() -> None:
    early, late = run([0.4, 1.0, 1.0]), run([1.0, 1.0, 0.4])
    assert (early.total.passed, late.total.passed) == (0, 0)


def test_the_live_figure_is_the_mean_with_its_interval_and_no_accuracy() -> None:
    (task,) = task_results(run([0.999] * 700 + [1.0] * 16 + [0.02] * 700))
    assert task.accuracy is None
    assert task.mean is not None
    assert task.mean.value == pytest.approx((0.999 * 700 + 16 + 0.02 * 700) / 1416)
    assert task.mean.interval is not None
    assert 0.4 < task.mean.interval[0] < task.mean.interval[1]


def test_the_report_shows_the_mean_instead_of_a_pass_rate() -> None:
    text = text_report(run([0.25, 0.75, 1.0, 0.0] * 10), None)
    assert "mean f1 ↑" in text
    assert "0.50" in text
    assert "pass rate" not in text


def test_a_higher_mean_is_better_though_fewer_documents_are_exactly_right() -> None:
    a, b = run([1.0, 0.0, 0.3, 0.3] * 30), run([0.9, 0.0, 0.8, 0.8] * 30, B)
    comparison = compare(a, b)
    assert comparison.decided_by == "f1,none"
    assert comparison.verdict == "better"
    assert "pass rate" not in render_text(comparison_page(comparison))


def test_a_higher_error_rate_is_worse() -> None:
    a, b = (
        run([30.0, 31.5] * 30, metric="ter", up=False),
        run([38.0, 39.0] * 30, B, "ter", up=False),
    )
    comparison = compare(a, b)
    assert comparison.overall[0].higher_is_better is False
    assert comparison.verdict == comparison.overall[0].verdict == "worse"


def test_the_direction_of_a_metric_is_read_from_the_scores_of_an_older_run() -> None:
    a, b = run([30.0, 31.5] * 30, metric="ter"), run([38.0, 39.0] * 30, B, "ter")
    results = {
        "results": {"squad": {"ter,none": 30.0}},
        "higher_is_better": {"squad": {"ter": False}},
    }
    b.apply([RecordScores(at=2.0, results=results, table="")])
    assert compare(a, b).verdict == "worse"


def test_a_comparison_by_metrics_alone_does_not_say_that_there_is_nothing_to_compare() -> None:
    comparison = compare(run([0.5, 0.6] * 3), run([0.5, 0.6] * 3, B))
    assert "nothing to compare" not in comparison.settle


def test_gates_have_no_pass_rate_to_rest_on() -> None:
    assert numbers(run([1.0, 1.0, 0.4]))["pass_rate"] is None
