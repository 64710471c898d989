"""How each task of a run stands: its progress, its status counts, and its pass rate or mean."""

from collections.abc import Sequence
from statistics import fmean

import msgspec

from stack_tui.reports.measures.lm_eval_scores import arrow
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.sample_intervals import (
    Interval,
    mean_interval,
    rate_interval,
    unit_scale,
)
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView, TaskCount


class MetricMean(msgspec.Struct, frozen=True, kw_only=True):
    """The mean of a primary metric that takes fractions, such as F1, over the documents so far."""

    metric: str
    """The metric's name."""
    value: float
    interval: Interval | None
    documents: int
    higher_is_better: bool | None

    @property
    def direction(self) -> str:
        """An arrow to where the metric is better, "" if lm-eval does not say."""
        return arrow(self.higher_is_better)


def metric_means(view: RunView) -> dict[str, MetricMean]:
    """Return the mean of each task whose documents neither pass nor fail but have a metric."""
    found: dict[str, list[Sample]] = {}
    for sample in view.open_samples:
        if view.tasks[sample.task].fractional and view.metric(sample.task) in sample.metrics:
            found.setdefault(sample.task, []).append(sample)
    return {task: _metric_mean(view, task, in_order(samples)) for task, samples in found.items()}


def _metric_mean(view: RunView, task: str, samples: Sequence[Sample]) -> MetricMean:
    metric = view.metric(task)
    values = [sample.metrics[metric] for sample in samples]
    cases = [sample.counted_as for sample in samples]
    return MetricMean(
        metric=metric.partition(",")[0],
        value=fmean(values),
        interval=mean_interval(values, cases, unit_scale(values)),
        documents=len(values),
        higher_is_better=view.plan[task].higher_is_better,
    )


class TaskResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task's progress, and its accuracy over the documents that passed or failed."""

    task: str
    route: str
    groups: tuple[str, ...]
    fewshot: int | None
    planned: int
    done: int
    passed: int
    failed: int
    status: dict[str, int]
    accuracy: float | None
    interval: Interval | None
    mean: MetricMean | None = None
    """Stands for the accuracy of a task whose primary metric takes fractions."""


def task_results(view: RunView) -> list[TaskResult]:
    """Return each task's result so far, in the plan's order."""
    means = metric_means(view)
    rates = {rate.task: rate.interval for rate in task_rates(view)}
    return [
        _result(view, name, view.tasks[name], means.get(name), rates.get(name))
        for name in (*view.plan, *(name for name in view.tasks if name not in view.plan))
    ]


def _result(
    view: RunView,
    name: str,
    count: TaskCount,
    mean: MetricMean | None,
    interval: Interval | None,
) -> TaskResult:
    plan = view.plan.get(name)
    graded = count.passed + count.failed
    return TaskResult(
        task=name,
        route=plan.route if plan else "",
        groups=plan.groups if plan else (),
        fewshot=plan.fewshot if plan else None,
        planned=count.planned,
        done=count.done,
        passed=count.passed,
        failed=count.failed,
        status={status: number for status, number in count.status.items() if number},
        accuracy=count.passed / graded if graded else None,
        interval=interval,
        mean=mean,
    )


class TaskRate(msgspec.Struct, frozen=True, kw_only=True):
    """A task's pass rate, 0 to 1, with its interval; None if no sample passed or failed.

    A task whose primary metric takes fractions has its `mean` instead.
    """

    task: str
    passed: int
    judged: int
    samples: int
    rate: float | None
    interval: Interval | None
    mean: MetricMean | None


def task_rates(view: RunView) -> list[TaskRate]:
    """Return each task's pass rate or mean, in the order of the tasks' names."""
    tasks: dict[str, list[Sample]] = {}
    for sample in in_order(view.open_samples):
        tasks.setdefault(sample.task, []).append(sample)
    means = metric_means(view)
    return [_task_rate(task, samples, means.get(task)) for task, samples in tasks.items()]


def _task_rate(task: str, samples: list[Sample], mean: MetricMean | None) -> TaskRate:
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
        mean=mean,
    )
