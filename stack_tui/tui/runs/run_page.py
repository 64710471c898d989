"""A run: its progress, its scores, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.names import plural
from stack_tui.reports.number_format import reach
from stack_tui.reports.stats.power import FEW_CASES
from stack_tui.runs.status_words import STATUS_WORDS
from stack_tui.text import one_line
from stack_tui.tui.load_page import load_blocks, load_figures
from stack_tui.tui.run_summary import (
    is_suite,
    record_parts,
    score,
    score_name,
    tally,
    task_score,
    title,
)
from stack_tui.tui.runs.plot import plot
from stack_tui.tui.state.snapshot import ChosenRun, Counts, RunCard, TaskRow
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, bar, field, heading, line, meter
from stack_tui.tui.ui.icons import PHASES, UNREADABLE, Tone
from stack_tui.tui.ui.page_view import page_blocks

if TYPE_CHECKING:
    from stack_tui.reports.measures.lm_eval_scores import RecordedScore
    from stack_tui.reports.measures.task_results import MetricMean

_TASK_METER = 10
_SUBJECTS = 4
_NARROW = 5


def run_blocks(card: RunCard, resume_key: str) -> list[Block]:
    """Return the run's page, of about six lines."""
    if card.problem:
        return [
            line((f"{UNREADABLE}  ", "bad"), card.id),
            field("where", card.problem.where, width=8),
            field("what", card.problem.what, width=8),
            field("remedy", card.problem.remedy or "Delete the folder, or fix the file.", width=8),
        ]
    if not card.loaded or card.spec is None:
        return [line(("reading…", "dim"))]
    sections = page_blocks(card.sections)
    sections = [line(""), *sections] if sections else []
    return [*head_blocks(card, resume_key), *_tasks(card), *sections]


def head_blocks(card: RunCard, resume_key: str) -> list[Block]:
    """Return the run's progress, scores and problems."""
    return [
        _title(card),
        *_origin(card),
        _progress(card),
        *_scores(card),
        *_problems(card, resume_key),
    ]


def course_blocks(chosen: ChosenRun, height: int) -> list[Block]:
    """Return a plot of the run's pass rate, `height` lines high, and its server's load.

    If there is little room, the load stands beside the plot's title.
    """
    card = chosen.card
    suite = is_suite(card)
    if not chosen.course.points:
        return [line(("The plot starts with the first graded sample.", "dim"))]
    what = "Pass rate" if suite else "Accuracy"
    narrow = height <= _NARROW and chosen.load is not None
    beside = load_figures(chosen.load) if narrow else [("with its 95 % interval", "dim")]
    blocks = [
        heading(f"{what} against samples", *beside),
        plot(chosen.course, height, in_percent=suite),
    ]
    if not narrow and (loads := load_blocks(chosen.load)):
        blocks += [heading("Server"), *loads]
    return blocks


def _title(card: RunCard) -> Block:
    sign = PHASES[card.phase]
    parts: list[Part] = [(f"{sign}  ", sign.tone), (title(card), "strong")]
    if card.spec:
        parts.append((f"  on {one_line(card.spec.endpoint.name)}", "dim"))
        if judges := ", ".join(one_line(judge.name) for judge in card.spec.judges):
            parts.append((f"  judged by {judges}", "dim"))
        if card.spec.repeats > 1:
            parts.append((f"  {card.spec.repeats} repeats", "dim"))
        if len(card.spec.temperatures) > 1:
            temperatures = ", ".join(f"{each:g}" for each in card.spec.temperatures)
            parts.append((f"  at temperatures {temperatures}", "dim"))
    return line(*parts)


def _origin(card: RunCard) -> list[Block]:
    """Return, for a re-graded run, the run whose outputs it grades."""
    if card.spec is None or card.spec.origin is None:
        return []
    origin = card.spec.origin
    how = "re-judged" if origin.again == "judges" else "re-graded by the current rules"
    return [line(("↻ the outputs of ", "dim"), one_line(origin.run), (f", {how}", "dim"))]


def _progress(card: RunCard) -> Block:
    share = card.counts.share
    parts: list[Part] = [tally(card.counts), f"  {format.percent(share)}"]
    if card.rate is not None and card.left_s is not None:
        parts.append(f"   {format.rate(card.rate)}   {format.time_left(card.left_s)} left")
    elif card.active_s and not card.active:
        parts.append(f"   took {format.time_left(card.active_s)}")
    return bar(share or 0.0, *parts)


def _scores(card: RunCard) -> list[Block]:
    summary = card.summary
    figured: list[tuple[str, str]] = []
    if summary and summary.rule_avg is not None:
        figured.append(("rules", format.share(summary.rule_avg)))
    if summary and summary.judge_avg is not None:
        figured.append(("judge", format.grade(summary.judge_avg)))
    if card.mean or card.counts.pass_rate is not None:
        figured.append(_live_score(card))
    scores: list[Part] = []
    for label, value in figured:
        scores += [(f"{'   ' if scores else ''}{label} ", "dim"), (value, "strong")]
    if mean := card.mean:
        bounds = format.interval(mean.interval, in_percent=False)
        scores.append((f"{mean.direction} {bounds}", "dim"))
    elif card.counts.pass_rate is not None and card.interval:
        suite = is_suite(card)
        scores.append((f" {format.interval(card.interval, in_percent=suite)}", "dim"))
    counts = _counts(card.counts)
    if card.active and card.answers and not card.counts.done:
        counts.append((plural(card.answers, "answer"), "dim"))
    blocks: list[Block] = [line(*scores)] if scores else []
    blocks += [*_record(card), line(*counts)]
    if scores and summary and not card.active and 0 < summary.n_independent < FEW_CASES:
        blocks.append(line((reach(summary.n_independent, summary.n_cases), "dim")))
    return blocks


def _live_score(card: RunCard) -> tuple[str, str]:
    """Return the name and the value of the score of the samples so far."""
    if mean := card.mean:
        return one_line(mean.metric, 20), format.score(mean.value)
    if is_suite(card):
        return score_name(card), score(card)
    return "accuracy", format.share(card.counts.pass_rate)


def _record(card: RunCard) -> list[Block]:
    """Return lm-eval's scores of record, a line for each task or group that was asked for."""
    named = len(card.subject_scores) > 1
    blocks: list[Block] = []
    for scores in card.subject_scores[:_SUBJECTS]:
        parts: list[Part] = [("lm-eval  ", "dim")]
        parts += [f"{one_line(scores[0].task, 40)}  "] if named else []
        for place, each in enumerate(scores):
            parts += ["   " if place else "", *record_parts(each)]
        if any(each.stderr is not None for each in scores):
            parts.append((" standard error", "dim"))
        blocks.append(line(*parts))
    return blocks


def _counts(counts: Counts) -> list[Part]:
    parts: list[Part] = []
    for number, word in (
        (counts.errors, "error" if counts.errors == 1 else "errors"),
        (counts.truncated, "truncated"),
        (counts.filtered, STATUS_WORDS["filtered"]),
        (counts.tool_calls, STATUS_WORDS["tool_calls"]),
        (counts.reasoning_only, STATUS_WORDS["reasoning_only"]),
        (counts.empty, "empty"),
        (counts.unscored, "unscored"),
    ):
        if number or word in ("errors", "truncated"):
            parts.append((f"{number:,} {word}   ", "warn" if number else "dim"))
    return parts


def _problems(card: RunCard, resume_key: str) -> list[Block]:
    blocks: list[Block] = []
    if card.phase == "interrupted":
        blocks.append(line((f"↯ The worker process died. Press {resume_key} to resume.", "warn")))
    if card.message:
        blocks.append(line(("! ", "bad"), card.message))
    if card.fault and card.fault.message != card.message:
        more = f"  ({card.faults:,} in total)" if card.faults > 1 else ""
        where = f"{card.fault.where}: " if card.fault.where else ""
        blocks.append(line(("! ", "bad"), where, card.fault.message, (more, "dim")))
    if card.fault and card.fault.remedy:
        blocks.append(line(("→ ", "dim"), card.fault.remedy))
    for finding in card.findings:
        tone: Tone = "bad" if finding.level == "alarm" else "warn"
        blocks.append(line((f"{finding.level} ", tone), f"{finding.task}: {finding.seen}"))
        blocks.append(line(("→ ", "dim"), finding.cause))
    return blocks


def _tasks(card: RunCard) -> list[Block]:
    if len(card.tasks) < 2:
        return []
    recorded = card.recorded
    names = {task.name for task in card.tasks}
    groups = [name for name in recorded if name not in names]
    width = min(max(map(len, (*names, *groups))), 36)
    rows = (
        _task(task, recorded.get(task.name), card.means.get(task.name), width)
        for task in card.tasks
    )
    return [line(""), *(_group(recorded[name], width) for name in groups), *rows]


def _group(record: RecordedScore, width: int) -> Block:
    """Return a group's score of record under those of its tasks."""
    value, interval = task_score(Counts(), record)
    return line(
        (f"{one_line(record.task, width):<{width}}  ", "strong"),
        " " * (_TASK_METER + 15),
        (f"  {one_line(record.metric, 20)} ", "dim"),
        value,
        (f" {interval}", "dim"),
    )


def _task(
    task: TaskRow, record: RecordedScore | None, mean: MetricMean | None, width: int
) -> Block:
    counts = task.counts
    figure = record or mean
    metric = one_line(figure.metric, 20) if figure else "acc"
    value, interval = task_score(counts, record, mean)
    errors: list[Part] = []
    if counts.errors:
        errors.append((f"  {plural(counts.errors, 'error')}", "warn"))
    return line(
        f"{one_line(task.name, width):<{width}}  ",
        meter(counts.share or 0.0, _TASK_METER),
        (f"  {tally(counts):>13}", "dim"),
        (f"  {metric} ", "dim"),
        value,
        (f" {interval}", "dim"),
        *errors,
    )
