"""A comparison in plain text, in the form of the run's own report."""

from collections import Counter
from collections.abc import Iterator

from stack_tui.reports.measures.comparison import Comparison, Flip, RunLabel
from stack_tui.reports.measures.effects import RATE, Effect
from stack_tui.reports.number_format import format_number
from stack_tui.runs.events import sample_name
from stack_tui.text import one_line

_FLIPS_SHOWN = 40


def comparison_text(comparison: Comparison) -> str:
    """Return the whole comparison as lines; whatever a model or file said is made printable."""
    sections = (
        _head(comparison),
        _overall(comparison),
        _holdout(comparison),
        _tasks(comparison),
        _flips(comparison),
        verdict_lines(comparison),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)


def _head(comparison: Comparison) -> Iterator[str]:
    yield "── comparison ──"
    yield f"  a:       {_run(comparison.a)}"
    yield f"  b:       {_run(comparison.b)}"
    for setting in comparison.settings:
        yield f"  differ:  {setting.name}: {one_line(setting.a, 60)} → {one_line(setting.b, 60)}"
    yield f"  pairs:   {pairs_line(comparison)}"
    for warning in comparison.warnings:
        yield f"  !        {one_line(warning)}"


def _run(run: RunLabel) -> str:
    return f"{one_line(run.id, 80)}  {one_line(run.model, 60)}  {run.samples} samples"


def pairs_line(comparison: Comparison) -> str:
    """Return how many pairs there are, and how many samples were set apart for which reason."""
    reasons = Counter(
        f"{apart.why} ({apart.reason})" if apart.reason else apart.why
        for apart in comparison.set_apart
    )
    apart = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{comparison.pairs}" + (f"; set apart: {apart}" if apart else "")


def _overall(comparison: Comparison) -> Iterator[str]:
    if comparison.overall:
        yield "── b against a ──"
    for effect in comparison.overall:
        yield f"  {one_line(effect.measure, 24) + ':':<16} {effect_line(effect)}"


def _holdout(comparison: Comparison) -> Iterator[str]:
    if not comparison.holdout_pairs:
        return
    yield f"── b against a in the holdout ── {comparison.holdout_pairs} pairs, decide nothing above"
    for effect in comparison.holdout:
        told = f"{effect_line(effect)}  {effect.verdict}"
        yield f"  {one_line(effect.measure, 24) + ':':<16} {told}"


def effect_line(effect: Effect) -> str:
    """Return both means, their difference with its interval, the test, and what moved."""
    rate = effect.measure == RATE
    means = f"{format_number(effect.a, rate=rate)} → {format_number(effect.b, rate=rate)}"
    p = f"p={effect.p:.3f}"
    if effect.p_adjusted is not None:
        p = f"p={effect.p_adjusted:.3f}, Holm"
    moved = f"{effect.lower} lower, {effect.higher} higher of {effect.pairs}"
    return f"{means}  {difference(effect)}  {p} ({effect.test})  {moved}"


def difference(effect: Effect) -> str:
    """Return the difference with its 95 % interval, in points for a rate."""
    rate = effect.measure == RATE
    scale, digits = (100, 1) if rate else (1, 2)
    unit = " points" if rate else ""
    shown = f"{scale * effect.difference:+z.{digits}f}{unit}"
    if effect.low is None or effect.high is None:
        return f"{shown} [no interval]"
    return f"{shown} [{scale * effect.low:+z.{digits}f}, {scale * effect.high:+z.{digits}f}]"


def _tasks(comparison: Comparison) -> Iterator[str]:
    if not comparison.tasks:
        return
    yield f"── by task ── {comparison.decided_by or ''}".rstrip()
    width = min(40, max(len(one_line(task.task, 40)) for task in comparison.tasks))
    for task in comparison.tasks:
        for effect in task.effects:
            if effect.measure == comparison.decided_by:
                mark = {"better": "▲", "worse": "▼", "inconclusive": " "}[effect.verdict]
                yield f"  {mark} {one_line(task.task, 40):<{width}}  {effect_line(effect)}"


def _flips(comparison: Comparison) -> Iterator[str]:
    if not comparison.flips:
        return
    lost = sum(flip.kind == "pass → fail" for flip in comparison.flips)
    yield f"── flips ── {lost} pass → fail, {len(comparison.flips) - lost} fail → pass"
    for flip in comparison.flips[:_FLIPS_SHOWN]:
        sign = "✗" if flip.kind == "pass → fail" else "✓"
        name = flip_name(flip, comparison)
        yield f"  {sign} {one_line(name, 60):<24}  {flip.kind}  {'  '.join(_moves(flip))}".rstrip()
    if len(comparison.flips) > _FLIPS_SHOWN:
        yield f"  … and {len(comparison.flips) - _FLIPS_SHOWN} more"


def flip_name(flip: Flip, comparison: Comparison) -> str:
    """Return which sample flipped, with its task where several were compared."""
    name = sample_name(flip.id, flip.repeat, flip.temperature)
    return f"{flip.task}/{name}" if comparison.tasks else name


def _moves(flip: Flip) -> list[str]:
    scores = (("rule", 2, flip.rule_a, flip.rule_b), ("judge", 1, flip.judge_a, flip.judge_b))
    return [
        f"{label}={move(a, b, digits)}" for label, digits, a, b in scores if (a, b) != (None, None)
    ]


def move(a: float | None, b: float | None, digits: int) -> str:
    """Return a score before and after."""
    return f"{_score(a, digits)}→{_score(b, digits)}"


def _score(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def verdict_lines(comparison: Comparison) -> list[str]:
    """Return the verdict and, where there is none, what would settle it."""
    decided = f" (by {comparison.decided_by})" if comparison.decided_by else ""
    saying = {
        "better": f"b is better than a{decided}",
        "worse": f"b is worse than a{decided}",
        "inconclusive": f"inconclusive{decided}: b may be better or worse than a, or like it",
    }[comparison.verdict]
    return [f"verdict: {saying}", *([f"  {comparison.settle}"] if comparison.settle else [])]
