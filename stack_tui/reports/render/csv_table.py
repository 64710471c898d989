"""A run as a table for spreadsheets: one row per sample."""

import csv
import io
from collections.abc import Callable, Mapping
from operator import attrgetter

from stack_tui.reports.measures.sample_result import describe_match, outcome, why
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import printable

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def csv_table(view: RunView) -> str:
    """Return a header and one row per sample, in the suite's order, by RFC 4180 with bare newlines.

    Text that a spreadsheet could take for a formula gets a leading apostrophe, and control
    characters become visible signs. The journal has the text as it came.
    """
    columns = _MATCH if isinstance(view.spec.subject, DuelSubject) else COLUMNS
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    for sample in in_order(view.samples):
        writer.writerow(_cell(value(sample)) for value in columns.values())
    return table.getvalue()


def _judges(sample: Sample) -> str:
    return "; ".join(
        f"{name}={'–' if score is None else f'{score:g}'}"
        for verdict in sample.verdicts
        for name, score in (
            (verdict.judge, verdict.score),
            *((f"{verdict.judge}/{each.name}", each.score) for each in verdict.criteria),
        )
    )


def _flags(sample: Sample) -> str:
    return "; ".join(sample.flags)


_Columns = Mapping[str, Callable[[Sample], str | float | None]]


def _own(*names: str) -> _Columns:
    return {name: attrgetter(name) for name in names}


COLUMNS: _Columns = {
    **_own("task", "id", "repeat", "temperature", "status"),
    "holdout": lambda sample: "yes" if sample.holdout else "",
    "outcome": outcome,
    "why": why,
    **_own("rule_score", "judge_score"),
    "judges": _judges,
    "metrics": lambda sample: "; ".join(f"{n}={value:g}" for n, value in sample.metrics.items()),
    "flags": _flags,
    **_own("finish_reason", "latency_s", "prompt_tokens", "completion_tokens", "target", "output"),
}
_MATCH: _Columns = {
    "pair": lambda sample: sample.task,
    **_own("id", "repeat", "temperature", "status", "winner"),
    "judges": lambda sample: "; ".join(describe_match(sample)),
    "flags": _flags,
    "output of the first": lambda sample: next(iter(sample.outputs.values())),
    "output of the second": lambda sample: list(sample.outputs.values())[1],
}


def _cell(value: str | float | None) -> str | float:
    if value is None:
        return ""
    return value if isinstance(value, (int, float)) else literal(value)


def literal(text: str) -> str:
    """Return the printable text, after an apostrophe if it could start a formula."""
    safe = printable(text)
    starts = (safe, safe.lstrip(" "), safe.lstrip())
    return f"'{safe}" if any(each.startswith(_FORMULA_STARTS) for each in starts) else safe
