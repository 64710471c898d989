"""Two runs compared: the verdict, what it rests on, and the samples that flipped."""

from collections import Counter
from collections.abc import Iterator, Sequence

from stack_tui.names import plural
from stack_tui.reports.measures.comparison import Comparison, Flip, RunLabel
from stack_tui.reports.measures.effects import (
    Effect,
    Verdict,
    describe_verdict,
    format_amount,
    format_difference,
    format_mean,
)
from stack_tui.reports.measures.verdicts import PartVerdict
from stack_tui.reports.number_format import describe_p, format_p
from stack_tui.reports.pages.charts import flip_chart
from stack_tui.reports.pages.model import (
    Blocks,
    Callout,
    Fact,
    Facts,
    Page,
    Span,
    TableBlock,
    TableRow,
    TextBlock,
    section,
)
from stack_tui.reports.pages.signs import VERDICTS, WARNING, signed
from stack_tui.runs.events import sample_name
from stack_tui.text import one_line

_EFFECT_COLUMNS = ("a", "b", "difference [95 %]", "p", "lower", "higher", "pairs", "verdict")


def comparison_page(comparison: Comparison) -> Page:
    """Return the comparison as a page of its own."""
    return Page("comparison", comparison_blocks(comparison))


def comparison_blocks(comparison: Comparison, *, flips: bool = True) -> Blocks:
    """Return the verdict, the runs and the effects; with `flips` also the samples that flipped."""
    blocks: Blocks = (*_verdict(comparison), *_warnings(comparison), _runs(comparison))
    if len(comparison.parts) > 1:
        rows = tuple((_part_name(part), *_part(part)) for part in comparison.parts)
        note = "p adjusted by Holm, each by its own measure"
        columns = ("benchmark", "measure", *_EFFECT_COLUMNS)
        blocks += section("verdicts, b against a", TableBlock(columns, rows), note=note)
    else:
        blocks += section("effects, b against a", _effects("measure", comparison.overall))
    if comparison.holdout_pairs:
        note = f"{plural(comparison.holdout_pairs, 'pair')}, not part of the verdict"
        effects = _effects("measure", comparison.holdout)
        blocks += section("effects in the holdout", effects, note=note)
    deciding = {part.effect.measure for part in comparison.parts}
    tasks = [
        (task.task, effect)
        for task in comparison.tasks
        for effect in task.effects
        if effect.measure in deciding
    ]
    rows = tuple((name, *_effect(effect)) for name, effect in tasks)
    note = f"{comparison.decided_by}, p adjusted by Holm"
    blocks += section("by task", TableBlock(("task", *_EFFECT_COLUMNS), rows), note=note)
    return blocks + _flips(comparison) if flips else blocks


def _verdict(comparison: Comparison) -> list[TextBlock]:
    verdict = comparison.verdict
    meaning = describe_verdict(verdict, by=comparison.decided_by)
    if (part := comparison.part) and part.margin is not None and verdict == "equivalent":
        meaning += f": the same within {format_amount(part.margin, part.effect)}"
    settle = [TextBlock(comparison.settle)] if comparison.settle else []
    return [TextBlock(f"verdict: {meaning}", VERDICTS[verdict].tone), *settle]


def _part_name(part: PartVerdict) -> str:
    ways = [
        way
        for way, met in (("tasks weigh the same", part.equal_tasks), ("parallel", part.parallel))
        if met
    ]
    return f"{part.name} ({', '.join(ways)})" if ways else part.name


def _part(part: PartVerdict) -> TableRow:
    return (part.effect.measure, *_effect(part.effect, part.verdict))


def _unanswered(comparison: Comparison) -> Iterator[Fact]:
    """Yield what the samples without an outcome could change."""
    for part in comparison.parts:
        if bounds := part.unanswered:
            of = f" in {part.name}" if len(comparison.parts) > 1 else ""
            yield Fact(
                f"no outcome{of}",
                f"{bounds.a} in a, {bounds.b} in b ({describe_p(bounds.p)}); as failed "
                f"{format_difference(bounds.as_failed)}, as passed "
                f"{format_difference(bounds.as_passed)}",
            )


def _warnings(comparison: Comparison) -> list[Callout]:
    return [Callout(WARNING, warning) for warning in comparison.warnings]


def _runs(comparison: Comparison) -> Facts:
    differences = (
        Fact("differs", f"{each.name}: {one_line(each.a, 60)} → {one_line(each.b, 60)}")
        for each in comparison.settings
    )
    reasons = Counter(
        f"{apart.why} ({apart.reason})" if apart.reason else apart.why
        for apart in comparison.set_apart
    )
    apart = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    pairs = f"{comparison.pairs}" + (f"; set apart: {apart}" if apart else "")
    runs = (Fact("a", _run(comparison.a)), Fact("b", _run(comparison.b)))
    return Facts((*runs, *differences, Fact("pairs", pairs), *_unanswered(comparison)))


def _run(run: RunLabel) -> str:
    samples = plural(run.samples, "sample")
    return f"{one_line(run.id, 80)} · {one_line(run.model, 60)} · {samples}"


def _effects(name: str, effects: Sequence[Effect]) -> TableBlock:
    columns = (name, *_EFFECT_COLUMNS, "test")
    return TableBlock(
        columns, tuple((effect.measure, *_effect(effect), effect.test) for effect in effects)
    )


def _effect(effect: Effect, verdict: Verdict | None = None) -> TableRow:
    """Return the cells for _EFFECT_COLUMNS; the verdict is the effect's own unless given."""
    p = effect.p if effect.p_adjusted is None else effect.p_adjusted
    verdict = verdict or effect.verdict
    sign = VERDICTS[verdict]
    return (
        format_mean(effect.a, effect),
        format_mean(effect.b, effect),
        Span(format_difference(effect), sign.tone),
        format_p(p),
        str(effect.lower),
        str(effect.higher),
        str(effect.pairs),
        signed(sign, verdict),
    )


def _flips(comparison: Comparison) -> Blocks:
    lost = sum(flip.kind == "pass → fail" for flip in comparison.flips)
    note = f"{lost} pass → fail, {len(comparison.flips) - lost} fail → pass"
    rows = tuple(
        (
            flip_name(flip, comparison),
            Span(flip.kind, "bad" if flip.kind == "pass → fail" else "good"),
            _move(flip.rule_a, flip.rule_b, 2),
            _move(flip.judge_a, flip.judge_b, 1),
        )
        for flip in comparison.flips
    )
    table = TableBlock(("sample", "", "rule score", "judge score"), rows)
    return (*flip_chart(comparison), *section("flips", table, note=note))


def flip_name(flip: Flip, comparison: Comparison) -> str:
    """Return which sample flipped, with its task if several were compared."""
    name = sample_name(flip.id, flip.repeat, flip.temperature)
    return f"{flip.task}/{name}" if comparison.tasks else name


def _move(a: float | None, b: float | None, digits: int) -> str:
    if a is None and b is None:
        return ""
    before, after = ("–" if each is None else f"{each:.{digits}f}" for each in (a, b))
    return f"{before}→{after}"
