"""How each task of a run stands: its progress, its status counts and its pass rate."""

import msgspec

from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.sample_intervals import Interval, rate_interval, wilson_interval
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView, TaskCount


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
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


def task_results(view: RunView) -> list[TaskResult]:
    """Return each task's result so far, in the plan's order."""
    return [
        _result(view, name, view.tasks[name])
        for name in (*view.plan, *(name for name in view.tasks if name not in view.plan))
    ]


def _result(view: RunView, name: str, count: TaskCount) -> TaskResult:
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
        interval=wilson_interval(count.passed, graded),
    )


class TaskRate(msgspec.Struct, frozen=True, kw_only=True):
    """A task's pass rate, 0 to 1, with its interval; None if no sample passed or failed."""

    task: str
    passed: int
    judged: int
    samples: int
    rate: float | None
    interval: Interval | None


def task_rates(view: RunView) -> list[TaskRate]:
    """Return each task's pass rate, in the order of the tasks' names."""
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
