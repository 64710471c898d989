"""A run's report in the guide's printed form, and after it what the scores do not say."""

from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len

from stack_tui.reports.measures.intervals import Intervals, intervals
from stack_tui.reports.measures.sample_result import judge_answer
from stack_tui.reports.measures.summary import SuiteSummary, in_order, summarize
from stack_tui.reports.measures.task_results import benchmark_report
from stack_tui.reports.number_format import reach
from stack_tui.reports.pages.section import section_lines
from stack_tui.reports.pages.suite_sections import sections
from stack_tui.reports.render.duel_text import duel_report, won
from stack_tui.reports.stats.power import FEW_CASES
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.events import JudgeScore, Sample, sample_name
from stack_tui.runs.spec import BenchmarkSubject, DuelSubject
from stack_tui.runs.view import RunView
from stack_tui.text import one_line, printable

_NAME_WIDTH = 20
_NAME_LIMIT = 60
_DETAIL_LIMIT = 2000
_NONE = "–"


def run_report(view: RunView, path: Path | None) -> str:
    """Return the report on the run so far; `path` is where it lies in full, if it does."""
    if isinstance(view.spec.subject, BenchmarkSubject):
        return benchmark_report(view, path)
    if isinstance(view.spec.subject, DuelSubject):
        return duel_report(view, sections(view), path)
    samples = in_order(view.samples)
    summary = summarize(view.open_samples)
    width = max([_NAME_WIDTH, *(cell_len(_name(sample)) for sample in samples)])
    lines = [
        "── eval summary ──",
        _line("cases", str(summary.n_cases)),
        _line("rule avg", _out_of(summary.rule_avg, "1.00")),
        _line("rule pass rate", _percent(summary.rule_pass_rate)),
        _line("judge avg", _out_of(summary.judge_avg, "5.00")),
        _line("judge pass rate", _percent(summary.judge_pass_rate)),
        "",
        "── per-case ──",
    ]
    for sample in samples:
        lines.append(f"  {sample_line(sample, width)}")
        lines += [f"     ↳ {printable(detail)[:_DETAIL_LIMIT]}" for detail in _details(sample)]
    if path is not None:
        lines += ["", f"full report → {one_line(str(path), 2000)}"]
    for title, more in (
        ("with 95% intervals", _interval_lines(summary, intervals(view.open_samples))),
        ("to note", _notes(view, summary)),
    ):
        if found := list(more):
            lines += ["", f"── {title} ──", *found]
    for section in sections(view):
        lines += ["", *section_lines(section)]
    return "\n".join(lines)


def sample_line(sample: Sample, width: int = _NAME_WIDTH) -> str:
    """Return the sample on one line: sign, case, scores, and the status where it is not ok."""
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
        parts.append(won(sample))
    elif sample.status != "ok":
        thinking = " while thinking" if sample.truncated_while_thinking else ""
        parts.append(f"{sample.status}{thinking}")
    return f"{_sign(sample)} {'  '.join(parts)}"


def _sign(sample: Sample) -> str:
    if sample.status == "error":
        return "!"
    if sample.winner:
        return "·"
    return "?" if sample.passed is None else "✓" if sample.passed else "✗"


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
            yield f"judge {one_line(verdict.judge, 60)}: {_said(verdict)}"
    if sample.no_majority:
        yield "no majority among the judges: their median"


def _said(verdict: JudgeScore) -> str:
    if verdict.criteria:
        whole = "no score" if verdict.score is None else f"{verdict.score:.3g}"
        return f"{whole} ({one_line(judge_answer(verdict))})"
    if verdict.failure:
        return f"{verdict.failure.kind}: {one_line(verdict.failure.message)}"
    if verdict.score is None:
        return f"no score in {one_line(verdict.answer, 80)!r}"
    return f"{verdict.score:.4g}"


def _interval_lines(summary: SuiteSummary, found: Intervals) -> Iterator[str]:
    if found.pass_rate:
        counts = f"{summary.passed} of {summary.passed + summary.failed}"
        yield _line("passed", f"{_percent(summary.pass_rate, found.pass_rate)}, {counts}")
    if found.rule_avg:
        yield _line("rule avg", _mean(summary.rule_avg, found.rule_avg))
    if found.rule_pass_rate:
        yield _line("rule pass rate", _percent(summary.rule_pass_rate, found.rule_pass_rate))
    if found.judge_avg:
        yield _line("judge avg", _mean(summary.judge_avg, found.judge_avg))
    if found.judge_pass_rate:
        yield _line("judge pass rate", _percent(summary.judge_pass_rate, found.judge_pass_rate))
    if 0 < summary.n_independent < FEW_CASES:
        yield _line("few cases", reach(summary.n_independent, summary.n_cases))


def _notes(view: RunView, summary: SuiteSummary) -> Iterator[str]:
    total = view.total
    if origin := view.spec.origin:
        how = "judged anew" if origin.again == "judges" else "graded by the rules as they are now"
        yield _line("again", f"the outputs of {one_line(origin.run)}, {how}")
    repeated = summary.n_samples > summary.n_cases
    if total.done < total.planned:
        what = "samples" if view.spec.repeats > 1 else "cases"
        yield _line("so far", f"{total.done} of {total.planned} {what}")
    elif repeated:
        yield _line("samples", f"{summary.n_samples}, of {summary.n_cases} cases")
    if summary.errors:
        kinds = ", ".join(f"{kind} {count}" for kind, count in summary.errors.items())
        yield _line("errors", f"{sum(summary.errors.values())} ({kinds}), not in the scores")
    if truncated := summary.status.get("truncated"):
        thinking = summary.truncated_while_thinking
        unscored = f", {thinking} of them while thinking and not scored" if thinking else ""
        yield _line("truncated", f"{truncated} reached max_tokens{unscored}")
    if empty := summary.status.get("empty"):
        yield _line("empty", f"{empty}, failed")
    if summary.unscored:
        yield _line("unscored", f"{summary.unscored} without a judge's score, not in judge avg")
    if summary.flagged:
        yield _line("flagged", f"{summary.flagged} with an output that tries to steer its judge")
    for judge in summary.judges:
        if len(summary.judges) > 1 or judge.failures or judge.unreadable:
            said = f"{_out_of(judge.avg, '5.00')} over {judge.n_scored}"
            said += f", {judge.unreadable} unreadable" if judge.unreadable else ""
            said += f", {judge.failures} failed" if judge.failures else ""
            yield _line(f"judge {one_line(judge.judge, 40)}", said)


def _line(label: str, value: str) -> str:
    return f"  {label + ':':<16} {value}"


def _out_of(value: float | None, highest: str) -> str:
    return _NONE if value is None else f"{value:.2f} / {highest}"


def _percent(rate: float | None, interval: Interval | None = None) -> str:
    shown = _NONE if rate is None else f"{rate:.0%}"
    return f"{shown} ({interval[0]:.0%} to {interval[1]:.0%})" if interval else shown


def _mean(value: float | None, interval: Interval) -> str:
    return f"{_NONE if value is None else f'{value:.2f}'} ({interval[0]:.2f} to {interval[1]:.2f})"
