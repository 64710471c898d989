"""A run as a table for spreadsheets: one row per sample."""

import csv
import io

from stack_tui.reports.measures.sample_result import describe_match, outcome, why
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import printable

COLUMNS = (
    "task",
    "id",
    "repeat",
    "temperature",
    "status",
    "holdout",
    "outcome",
    "why",
    "rule_score",
    "judge_score",
    "judges",
    "metrics",
    "flags",
    "finish_reason",
    "latency_s",
    "prompt_tokens",
    "completion_tokens",
    "target",
    "output",
)
MATCH_COLUMNS = (
    "pair",
    "id",
    "repeat",
    "temperature",
    "status",
    "winner",
    "judges",
    "flags",
    "output of the first",
    "output of the second",
)
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def csv_table(view: RunView) -> str:
    """Return a header and one row per sample, in the suite's order, by RFC 4180 with bare newlines.

    Text that a spreadsheet could take for a formula gets a leading apostrophe, and control
    characters become visible signs. The journal has the text as it came.
    """
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    duel = isinstance(view.spec.subject, DuelSubject)
    writer.writerow(MATCH_COLUMNS if duel else COLUMNS)
    row = _match if duel else _row
    writer.writerows(row(sample) for sample in in_order(view.samples))
    return table.getvalue()


def _row(sample: Sample) -> list[str | float]:
    judges = "; ".join(
        f"{name}={'–' if score is None else f'{score:g}'}"
        for verdict in sample.verdicts
        for name, score in (
            (verdict.judge, verdict.score),
            *((f"{verdict.judge}/{each.name}", each.score) for each in verdict.criteria),
        )
    )
    cells: tuple[str | float | None, ...] = (
        sample.task,
        sample.id,
        sample.repeat,
        sample.temperature,
        sample.status,
        "yes" if sample.holdout else "",
        outcome(sample),
        why(sample),
        sample.rule_score,
        sample.judge_score,
        judges,
        "; ".join(f"{name}={value:g}" for name, value in sample.metrics.items()),
        "; ".join(sample.flags),
        sample.finish_reason,
        sample.latency_s,
        sample.prompt_tokens,
        sample.completion_tokens,
        sample.target,
        sample.output,
    )
    return [_cell(cell) for cell in cells]


def _match(sample: Sample) -> list[str | float]:
    cells: tuple[str | float | None, ...] = (
        sample.task,
        sample.id,
        sample.repeat,
        sample.temperature,
        sample.status,
        sample.winner,
        "; ".join(describe_match(sample)),
        "; ".join(sample.flags),
        *sample.outputs.values(),
    )
    return [_cell(cell) for cell in cells]


def _cell(value: str | float | None) -> str | float:
    if value is None:
        return ""
    return value if isinstance(value, (int, float)) else literal(value)


def literal(text: str) -> str:
    """Return the printable text, after an apostrophe if it could start a formula."""
    safe = printable(text)
    return f"'{safe}" if safe.lstrip(" ").startswith(_FORMULA_STARTS) else safe
