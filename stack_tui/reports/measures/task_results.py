"""A benchmark run's report: lm-eval's own table, and beside it what makes it trustworthy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.reports.pages.section import section_lines
from stack_tui.reports.pages.suite_sections import sections
from stack_tui.reports.stats.sample_intervals import Interval, wilson_interval
from stack_tui.runs.events import Finding
from stack_tui.runs.view import RunView, TaskCount
from stack_tui.text import one_line, printable

_SIGNS = {"note": "·", "warning": "!", "alarm": "✗"}


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a task stands: accuracy over the documents with an outcome, and its 95 % interval."""

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
    """Return each task's result so far, in the order of the plan."""
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


def benchmark_document(view: RunView) -> dict[str, Any]:
    """Return what report.json holds of a benchmark run; its samples lie in lm-eval's own files."""
    return {
        "summary": {
            "planned": view.total.planned,
            "done": view.total.done,
            "passed": view.total.passed,
            "failed": view.total.failed,
            "status": view.total.status,
        },
        "tasks": msgspec.to_builtins(task_results(view)),
        "scores": view.scores.results if view.scores else None,
        "missing": view.scores.missing if view.scores else {},
        "findings": [msgspec.to_builtins(finding) for finding in view.findings.values()],
    }


def benchmark_report(view: RunView, path: Path | None) -> str:
    """Return the report on the run so far; `path` is where it lies in full, if it does."""
    routes = dict.fromkeys(task.route for task in view.plan.values())
    lines = [
        f"{one_line(view.spec.subject.name)} on {one_line(view.spec.endpoint.model or '?')}"
        f" ({one_line(view.spec.endpoint.name)}), by {', '.join(routes) or 'no route yet'}",
        "",
    ]
    if view.scores:
        lines.append(printable(view.scores.table).rstrip())
    else:
        lines += _so_far(view)
    lines += _notes(view)
    for section in sections(view):
        lines += ["", *section_lines(section)]
    if path is not None:
        lines += ["", f"full report → {one_line(str(path), 2000)}"]
    return "\n".join(lines)


def _so_far(view: RunView) -> Iterator[str]:
    yield "── so far: no score of record yet ──"
    for result in task_results(view):
        shown = "–"
        if result.accuracy is not None and result.interval:
            low, high = result.interval
            shown = f"{result.accuracy:.3f} ({low:.3f} to {high:.3f})"
        yield f"  {one_line(result.task):<44} {result.done:>6,}/{result.planned:<6,} {shown}"


def _notes(view: RunView) -> Iterator[str]:
    if view.scores and view.scores.missing:
        missing = sum(view.scores.missing.values())
        yield ""
        yield f"INCOMPLETE: {missing:,} documents have no answer and are not in these numbers"
    total = view.total
    yield ""
    yield f"  documents:       {total.done:,} of {total.planned:,}"
    for status, number in total.status.items():
        if status != "ok" and number:
            yield f"  {status + ':':<16} {number:,}"
    for finding in view.findings.values():
        yield f"{_SIGNS[finding.level]} {_told(finding)}"


def _told(finding: Finding) -> str:
    return one_line(f"{finding.task}: {finding.seen}. {finding.cause}", 1000)
