"""The report as text: first the form that other programs read, then the page behind it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import cell_len

from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.error_groups import MODEL, failures
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.measures.sample_result import judge_answer, match_result, outcome
from stack_tui.reports.measures.summary import in_order, summarize
from stack_tui.reports.number_format import format_percent
from stack_tui.reports.pages.benchmark_page import record_table
from stack_tui.reports.pages.model import Blocks, Page, Samples
from stack_tui.reports.pages.run_report import report_page
from stack_tui.reports.pages.signs import NOTE, RESULTS
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs.events import JudgeScore, Sample, sample_name
from stack_tui.runs.spec import DuelSubject, SuiteSubject
from stack_tui.runs.status_words import status_words
from stack_tui.runs.view import RunView
from stack_tui.text import one_line, printable

_NAME_WIDTH = 20
_NAME_LIMIT = 60
_DETAIL_LIMIT = 2000
_NONE = "–"


def text_report(
    view: RunView,
    path: Path | None,
    comparison: Comparison | None = None,
    gates: Sequence[GateResult] = (),
) -> str:
    """Return the report on the run so far; `path` is its file, None before there is one.

    A suite's begins with the printed form of a custom eval, which lists the samples already, and a
    benchmark's with lm-eval's own table instead of ours.
    """
    page = report_page(view, comparison, gates)
    file = ["", f"full report → {one_line(str(path), 2000)}"] if path else []
    if isinstance(view.spec.subject, SuiteSubject):
        return "\n".join([*_custom_eval(view), *file, "", render_text(_without_samples(page))])
    if isinstance(view.spec.subject, DuelSubject):
        return "\n".join([render_text(page), *file])
    table = [printable(view.scores.table).rstrip(), ""] if view.scores else []
    return "\n".join([*table, render_text(_without_samples(page, record_table(view))), *file])


def _without_samples(page: Page, repeated: Blocks = ()) -> Page:
    """Return the page without what was printed ahead of it."""
    left = [b for b in page.blocks if not isinstance(b, Samples) and b not in repeated]
    return Page(page.title, tuple(left))


def _custom_eval(view: RunView) -> Iterator[str]:
    samples = in_order(view.samples)
    summary = summarize(view.open_samples)
    width = max([_NAME_WIDTH, *(cell_len(_name(sample)) for sample in samples)])
    yield "── eval summary ──"
    yield _line("cases", str(summary.n_cases))
    yield _line("rule avg", _out_of(summary.rule_avg, "1.00"))
    yield _line("rule pass rate", _percent(summary.rule_pass_rate))
    yield _line("judge avg", _out_of(summary.judge_avg, "5.00"))
    yield _line("judge pass rate", _percent(summary.judge_pass_rate))
    yield ""
    yield "── per-case ──"
    for sample in samples:
        yield f"  {sample_line(sample, width)}"
        for detail in _details(sample):
            yield f"     ↳ {printable(detail)[:_DETAIL_LIMIT]}"


def error_line(sample: Sample) -> str:
    """Return the task, the sample, and why it has an error, on one line; "" if it has none."""
    why = "; ".join(
        f"{'' if who == MODEL else who + ': '}{failure.kind}: {failure.message}"
        for who, failure in failures(sample)
    )
    name = sample_name(one_line(f"{sample.task} {sample.id}", _NAME_LIMIT), *sample.key[2:])
    return f"{_sign(sample)} {name}  {one_line(why)}" if why else ""


def sample_line(sample: Sample, width: int = _NAME_WIDTH) -> str:
    """Return the sample on one line: sign, case, scores, and the status unless it is ok."""
    name = _name(sample)
    parts = [name + " " * (width - cell_len(name))]
    if sample.rule_score is not None:
        parts.append(f"rule={sample.rule_score:.2f}")
    if sample.judge_score is not None:
        parts.append(f"judge={sample.judge_score:.4g}")
    if sample.chosen is not None:
        chosen = one_line(sample.choices[sample.chosen].text, 40)
        parts.append(f"chose {chosen}, wanted {one_line(sample.target, 40)}")
    if sample.holdout:
        parts.append("held out")
    if sample.outputs:
        parts.append(match_result(sample))
    elif sample.status != "ok":
        parts.append(status_words(sample))
    return f"{_sign(sample)} {'  '.join(parts)}"


def _sign(sample: Sample) -> str:
    return NOTE.mark if sample.winner else RESULTS[outcome(sample)].mark


def _name(sample: Sample) -> str:
    tasked = sample.metrics or sample.outputs
    id = one_line(f"{sample.task} {sample.id}" if tasked else sample.id, _NAME_LIMIT)
    return sample_name(id, sample.repeat, sample.temperature)


def _details(sample: Sample) -> Iterator[str]:
    if sample.rule_issues:
        yield str([str(issue) for issue in sample.rule_issues])
    if sample.failure:
        yield f"{sample.failure.kind}: {one_line(sample.failure.message)}"
    for flag in sample.flags:
        yield f"flagged: {one_line(flag)}"
    criteria = any(verdict.criteria for verdict in sample.verdicts)
    if len(sample.verdicts) > 1 or sample.judge_score is None or criteria:
        for verdict in sample.verdicts:
            yield f"judge {one_line(verdict.judge, 60)}: {_judge_score(verdict)}"
    if sample.no_majority:
        yield "no majority among the judges: their median"


def _judge_score(verdict: JudgeScore) -> str:
    if verdict.criteria:
        whole = "no score" if verdict.score is None else f"{verdict.score:.3g}"
        return f"{whole} ({one_line(judge_answer(verdict))})"
    if verdict.failure:
        return f"{verdict.failure.kind}: {one_line(verdict.failure.message)}"
    if verdict.score is None:
        return f"no score in {one_line(verdict.answer, 80)!r}"
    return f"{verdict.score:.4g}"


def _line(label: str, value: str) -> str:
    return f"  {label + ':':<16} {value}"


def _out_of(value: float | None, highest: str) -> str:
    return _NONE if value is None else f"{value:.2f} / {highest}"


def _percent(rate: float | None) -> str:
    return _NONE if rate is None else format_percent(rate)
