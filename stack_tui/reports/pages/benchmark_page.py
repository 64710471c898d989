"""A benchmark run: lm-eval's score of record, and each task's pass rate and progress."""

from stack_tui.reports.measures.lm_eval_scores import recorded_scores
from stack_tui.reports.measures.task_results import TaskRate, task_rates
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.model import Blocks, Callout, TableBlock, TableRow, section
from stack_tui.reports.pages.signs import WARNING
from stack_tui.runs.view import RunView


def record_section(view: RunView) -> Blocks:
    """Return lm-eval's scores with their standard errors, and how many documents they lack."""
    blocks = record_table(view)
    if view.scores and (missing := sum(view.scores.missing.values())):
        blocks += (
            Callout(WARNING, f"incomplete: {missing:,} documents have no answer and do not count"),
        )
    return blocks


def record_table(view: RunView) -> Blocks:
    """Return lm-eval's scores with their standard errors, nothing before there are any."""
    rows = tuple(
        (
            score.task,
            score.version,
            score.filter,
            "" if score.fewshot is None else str(score.fewshot),
            f"{score.metric}{score.direction}",
            f"{score.value:.4f}",
            "–" if score.stderr is None else f"± {score.stderr:.4f}",
        )
        for score in recorded_scores(view)
    )
    columns = ("task", "version", "filter", "n-shot", "metric", "value", "stderr")
    return section("score of record, by lm-eval", TableBlock(columns, rows))


def tasks_section(view: RunView) -> Blocks:
    """Return each task's pass rate or mean and its progress if there are several tasks."""
    rates = task_rates(view)
    if len(rates) < 2:
        return ()
    means = any(rate.mean for rate in rates)
    score = "pass rate or mean" if means else "pass rate"
    columns = ("task", "done", score, "95 % interval", "documents" if means else "passed")
    return section("by task", TableBlock(columns, tuple(_task(view, rate) for rate in rates)))


def _task(view: RunView, task: TaskRate) -> TableRow:
    count = view.tasks[task.task]
    done = f"{count.done:,}" if count.done == count.planned else f"{count.done:,}/{count.planned:,}"
    if mean := task.mean:
        return (
            task.task,
            done,
            f"{mean.metric}{mean.direction} {format_number(mean.value, rate=False)}",
            format_interval(mean.interval, rate=False) or "–",
            f"{mean.documents:,}",
        )
    return (
        task.task,
        done,
        "–" if task.rate is None else format_number(task.rate, rate=True),
        format_interval(task.interval, rate=True) or "–",
        f"{task.passed} of {task.judged}",
    )
