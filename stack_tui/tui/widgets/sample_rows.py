"""A sample as one row of the results."""

from stack_tui.runs.events import JUDGE_PASS, Sample
from stack_tui.tui import figures
from stack_tui.tui.documents.sample import name
from stack_tui.tui.signs import outcome
from stack_tui.tui.widgets.columns import Column
from stack_tui.tui.widgets.rows import Cell, Row

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
    Column("item", 6, right=True),
    Column("answer", 6, grow=2),
    Column("target", 6, grow=1),
    Column("log-prob", 8, right=True),
    Column("first issue", 11, grow=2, optional=1),
)


def suite_row(sample: Sample) -> Row:
    """Return the cells for a suite's columns."""
    sign = outcome(sample)
    return (
        Cell(str(sign), sign.tone),
        Cell(name(sample)),
        Cell(figures.share(sample.rule_score)),
        Cell(figures.grade(sample.judge_score)),
        Cell(first_issue(sample), "dim"),
    )


def benchmark_row(sample: Sample) -> Row:
    """Return the cells for a benchmark's columns."""
    sign = outcome(sample)
    chosen = sample.choices[sample.chosen] if sample.chosen is not None else None
    answer = chosen.text if chosen else next(iter(sample.extracted.values()), sample.output)
    logprob = chosen.logprob if chosen else None
    return (
        Cell(str(sign), sign.tone),
        Cell(sample.task),
        Cell(name(sample)),
        Cell(answer.strip()),
        Cell(sample.target, "dim"),
        Cell("–" if logprob is None else f"{logprob:.2f}"),
        Cell(first_issue(sample), "dim"),
    )


def first_issue(sample: Sample) -> str:
    """Return what is wrong with the sample, the gravest first; empty where nothing is."""
    if sample.failure:
        return sample.failure.message
    if sample.status in ("truncated", "empty"):
        return "truncated while thinking" if sample.truncated_while_thinking else sample.status
    if sample.rule_issues:
        return sample.rule_issues[0]
    if sample.judge_score is not None and sample.judge_score < JUDGE_PASS:
        return f"judged {figures.grade(sample.judge_score)} of 5"
    failures = (verdict.failure.message for verdict in sample.verdicts if verdict.failure)
    return next(iter((*failures, *sample.flags)), "")
