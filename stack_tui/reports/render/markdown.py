"""A run as Markdown for a pull request's comment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.effects import RATE
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.measures.headline import figures, task_rates
from stack_tui.reports.measures.sample_result import SIGNS, outcome, why, worst_first
from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.section import Section
from stack_tui.reports.pages.suite_sections import sections
from stack_tui.reports.render.comparison_text import (
    difference,
    flip_name,
    pairs_line,
    verdict_lines,
)
from stack_tui.reports.render.duel_text import said, won
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import one_line, printable

_ROWS = 30
_TASKS = 60
_GATE_SIGNS = {"met": "✓", "failed": "✗", "inconclusive": "?"}


def markdown_report(
    view: RunView, *, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()
) -> str:
    """Return the summary, gates, failing samples and comparison as GitHub's Markdown.

    Whatever a model, a data set or a file said stands in code spans that it cannot close, where no
    mention, link, image or HTML comes to life.
    """
    duel = isinstance(view.spec.subject, DuelSubject)
    parts = [_head(view), _gates(gates), _record(view)]
    parts += [] if duel else [_tasks(view), _failing(view)]
    parts += [_section(section) for section in sections(view)]
    parts += [_matches(view)] if duel else []
    if comparison:
        parts.append(_comparison(comparison))
    return "\n\n".join(part for part in parts if part) + "\n"


def code(text: str, limit: int = 200) -> str:
    """Return the text as a code span on one line, for a table's cell or elsewhere.

    A backtick and a bar, with which it could leave the span or the cell, are shown as ' and ¦.
    """
    shown = one_line(text, limit).replace("`", "'").replace("|", "¦")
    return f"`{shown}`" if shown else "–"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _head(view: RunView) -> str:
    title = f"### {code(view.spec.subject.name, 80)} on {code(model_name(view), 80)}"
    rows = (
        (figure.name, figure.value, figure.interval or "–", figure.basis or "–")
        for figure in figures(view)
    )
    table = _table(("", "value", "95 % interval", ""), rows)
    origin = view.spec.origin
    of = f", the outputs of {code(origin.run, 120)} graded again" if origin else ""
    return f"{title}\n\n{table}\n\nRun {code(view.spec.id, 120)}{of}"


def _gates(gates: Sequence[GateResult]) -> str:
    if not gates:
        return ""
    rows = (
        (f"{_GATE_SIGNS[gate.state]} {gate.state}", code(gate.gate), code(gate.saying, 300))
        for gate in gates
    )
    return "#### Gates\n\n" + _table(("", "gate", "why"), rows)


def _record(view: RunView) -> str:
    if not view.scores:
        return ""
    table = printable(view.scores.table).strip().replace("`", "'")
    return f"#### Score of record, by lm-eval\n\n```\n{table}\n```"


def _tasks(view: RunView) -> str:
    rates = task_rates(view)
    if len(rates) < 2:
        return ""
    rows = (
        (
            code(task.task, 80),
            "–" if task.rate is None else format_number(task.rate, rate=True),
            format_interval(task.interval, rate=True) or "–",
            f"{task.passed} of {task.judged}",
        )
        for task in rates[:_TASKS]
    )
    table = _table(("task", "pass rate", "95 % interval", "passed"), rows)
    return f"#### By task\n\n{table}{_left_out(len(rates), _TASKS)}"


def _failing(view: RunView) -> str:
    failing = [
        sample for sample in worst_first(view) if not sample.holdout and outcome(sample) != "passed"
    ]
    if not failing:
        return ""
    several = len(view.tasks) > 1
    counts = Counter(outcome(sample) for sample in failing)
    counted = ", ".join(f"{count} {name}" for name, count in counts.items())
    rows = (
        (
            f"{SIGNS[outcome(sample)]} {outcome(sample)}",
            code(f"{sample.task}/{sample.name}" if several else sample.name, 80),
            code(why(sample)),
        )
        for sample in failing[:_ROWS]
    )
    table = _table(("", "sample", "why"), rows)
    return f"#### Not passed: {counted}\n\n{table}{_left_out(len(failing), _ROWS)}"


def _matches(view: RunView) -> str:
    samples = in_order(view.samples)
    rows = (
        (won(sample), code(f"{sample.task}/{sample.name}", 80), code(", ".join(said(sample))))
        for sample in samples[:_ROWS]
    )
    table = _table(("", "match", "judges"), rows)
    return f"#### Matches\n\n{table}{_left_out(len(samples), _ROWS)}"


def _section(section: Section) -> str:
    parts = [f"#### {section.title.capitalize()}"]
    if section.table:
        cells = ([code(cell, 60) for cell in row] for row in section.table)
        parts.append(_table(("", *map(code, section.columns)), cells))
    if section.rows:
        rows = ((code(label, 60), code(value, 400)) for label, value in section.rows)
        parts.append(_table(("", ""), rows))
    return "\n\n".join(parts)


def _comparison(comparison: Comparison) -> str:
    return "\n\n".join(_comparison_parts(comparison))


def _comparison_parts(comparison: Comparison) -> Iterator[str]:
    yield f"#### Compared with {code(comparison.a.id, 120)}"
    verdict, *settle = verdict_lines(comparison)
    yield f"**{verdict}**" + "".join(f"\n{line.strip()}" for line in settle)
    for setting in comparison.settings:
        yield f"- {setting.name}: {code(setting.a, 80)} → {code(setting.b, 80)}"
    for warning in comparison.warnings:
        yield f"- ⚠ {code(warning, 300)}"
    yield f"Pairs: {code(pairs_line(comparison), 300)}"
    rows = (
        (
            code(effect.measure, 40),
            format_number(effect.a, rate=effect.measure == RATE),
            format_number(effect.b, rate=effect.measure == RATE),
            difference(effect),
            f"{effect.p:.3f}",
        )
        for effect in comparison.overall
    )
    yield _table(("b against a", "a", "b", "difference [95 %]", "p"), rows)
    if comparison.holdout:
        held = (
            (code(effect.measure, 40), difference(effect), f"{effect.p:.3f}", effect.verdict)
            for effect in comparison.holdout
        )
        yield _table(("holdout", "difference [95 %]", "p", ""), held)
    if comparison.flips:
        flips = (
            (code(flip_name(flip, comparison), 80), flip.kind) for flip in comparison.flips[:_ROWS]
        )
        left = _left_out(len(comparison.flips), _ROWS)
        yield _table(("flipped", ""), flips) + left


def _left_out(total: int, shown: int) -> str:
    return f"\n\n… and {total - shown} more" if total > shown else ""
