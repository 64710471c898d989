"""A sample as one row of the results."""

from collections.abc import Callable, Sequence

from stack_tui.runs.duel_verdicts import by_judge, kind
from stack_tui.runs.events import JUDGE_PASS, Sample
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import BenchmarkSubject, DuelSubject, RunSpec
from stack_tui.runs.status_words import UNANSWERED, status_words
from stack_tui.text import one_line
from stack_tui.tui.ui import format
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.icons import concern, outcome
from stack_tui.tui.ui.list_pane import SortKey, known
from stack_tui.tui.ui.rows import Cell, Row

SUITE_COLUMNS = (
    Column("outcome", 11),
    Column("case", 12, grow=2),
    Column("rule", 4, right=True),
    Column("judge", 5, right=True),
    Column("first issue", 14, grow=3, optional=1),
)

BENCHMARK_COLUMNS = (
    Column("outcome", 11),
    Column("task", 12, grow=2),
    Column("doc", 6, right=True),
    Column("answer", 6, grow=2),
    Column("target", 6, grow=1),
    Column("log-prob", 8, right=True),
    Column("first issue", 11, grow=2, optional=1),
)

DUEL_COLUMNS = (
    Column("outcome", 11),
    Column("runs", 8),
    Column("case", 12, grow=2),
    Column("judges", 14, grow=3),
)


SampleSortKey = Callable[[Sample], SortKey]
SampleTable = tuple[
    Sequence[Column], Sequence[SampleSortKey], Callable[[Sample, Label | None], Row]
]

SUITE_KEYS: tuple[SampleSortKey, ...] = (
    lambda sample: (concern(sample), outcome(sample).word),
    lambda sample: (sample.id, sample.temperature or 0.0, sample.repeat),
    lambda sample: known(sample.rule_score),
    lambda sample: known(sample.judge_score),
    lambda sample: (first_issue(sample),),
)

BENCHMARK_KEYS: tuple[SampleSortKey, ...] = (
    lambda sample: (concern(sample), outcome(sample).word),
    lambda sample: (sample.task, sample.place),
    lambda sample: (sample.place, sample.task),
    lambda sample: (_answer(sample),),
    lambda sample: (sample.target,),
    lambda sample: known(_logprob(sample)),
    lambda sample: (first_issue(sample),),
)

DUEL_KEYS: tuple[SampleSortKey, ...] = (
    lambda sample: (sample.winner,),
    lambda sample: (sample.task, sample.place),
    lambda sample: (sample.id, sample.repeat),
    lambda sample: (_judged(sample),),
)


def suite_row(sample: Sample, label: Label | None = None) -> Row:
    """Return the cells for a suite's columns; a label takes the place of the first issue."""
    sign = outcome(sample)
    return (
        Cell(str(sign), sign.tone),
        Cell(one_line(sample.name)),
        Cell(format.share(sample.rule_score)),
        Cell(format.grade(sample.judge_score)),
        Cell(_remark(label, first_issue(sample)), "accent" if label else "dim"),
    )


def benchmark_row(sample: Sample, label: Label | None = None) -> Row:
    """Return the cells for a benchmark's columns."""
    sign = outcome(sample)
    logprob = _logprob(sample)
    return (
        Cell(str(sign), sign.tone),
        Cell(sample.task),
        Cell(one_line(sample.name)),
        Cell(_answer(sample)),
        Cell(sample.target, "dim"),
        Cell("–" if logprob is None else f"{logprob:.2f}"),
        Cell(_remark(label, first_issue(sample)), "accent" if label else "dim"),
    )


def duel_row(sample: Sample, label: Label | None = None) -> Row:
    """Return the cells for a duel's columns."""
    sign = outcome(sample)
    return (
        Cell(str(sign), sign.tone),
        Cell(sample.task, "dim"),
        Cell(sample.name),
        Cell(_remark(label, _judged(sample)), "dim"),
    )


def form_of(spec: RunSpec | None) -> SampleTable:
    """Return how a run's samples are listed: the columns, their sort keys, a sample's row."""
    match spec.subject if spec else None:
        case DuelSubject():
            return DUEL_COLUMNS, DUEL_KEYS, duel_row
        case BenchmarkSubject():
            return BENCHMARK_COLUMNS, BENCHMARK_KEYS, benchmark_row
        case _:
            return SUITE_COLUMNS, SUITE_KEYS, suite_row


def _judged(sample: Sample) -> str:
    """Return what each judge's answers amount to, or that none was needed."""
    if not sample.verdicts:
        return "identical outputs"
    return ", ".join(
        f"{judge} {kind(orders)}" for (judge, _), orders in by_judge(sample.verdicts).items()
    )


def _remark(label: Label | None, otherwise: str) -> str:
    return f"⚐ {label.kind} {label.note}".strip() if label else otherwise


def _answer(sample: Sample) -> str:
    if sample.chosen is not None:
        return sample.choices[sample.chosen].text.strip()
    return next(iter(sample.extracted.values()), sample.output).strip()


def _logprob(sample: Sample) -> float | None:
    return None if sample.chosen is None else sample.choices[sample.chosen].logprob


def first_issue(sample: Sample) -> str:
    """Return the most serious problem of the sample, "" if there is none."""
    if sample.failure:
        return sample.failure.message
    if sample.status in ("truncated", *UNANSWERED):
        return status_words(sample)
    if sample.rule_issues:
        return sample.rule_issues[0].words
    if sample.judge_score is not None and sample.judge_score < JUDGE_PASS:
        return f"judged {format.grade(sample.judge_score)} of 5"
    failures = (verdict.failure.message for verdict in sample.verdicts if verdict.failure)
    return next(iter((*failures, *sample.flags)), "")
