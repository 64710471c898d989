"""A comparison of two runs: its verdict, its figures, and two outputs word by word."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from textual.content import Content

from stack_tui.names import plural
from stack_tui.runs.events import Sample
from stack_tui.text import one_line
from stack_tui.tui.runs.compared_samples import CHANGES, ComparedSample
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, field, heading, line, styled
from stack_tui.tui.ui.icons import Tone, outcome

if TYPE_CHECKING:
    from stack_tui.reports.measures.comparison import Comparison
    from stack_tui.reports.measures.effects import Effect

_TONES: dict[str, Tone] = {"better": "good", "worse": "bad", "inconclusive": "warn"}
_SIGNS = {"better": "▲", "worse": "▼", "inconclusive": "≈"}
_LONGEST = 8_000


def comparison_blocks(comparison: Comparison) -> list[Block]:
    """Return the verdict first, then what it rests on."""
    verdict = comparison.verdict
    blocks: list[Block] = [
        line(
            (f"{_SIGNS[verdict]} {verdict}", _TONES[verdict]),
            (f"  by {comparison.decided_by}" if comparison.decided_by else "", "dim"),
            (f"  over {plural(comparison.pairs, 'pair')}", "dim"),
        ),
        field(
            "a", one_line(comparison.a.id), (f"  {one_line(comparison.a.model)}", "dim"), width=3
        ),
        field(
            "b", one_line(comparison.b.id), (f"  {one_line(comparison.b.model)}", "dim"), width=3
        ),
        *(_effect(effect) for effect in comparison.overall),
    ]
    if comparison.holdout_pairs:
        pairs = plural(comparison.holdout_pairs, "pair")
        blocks.append(line((f"holdout, {pairs} held out, decide nothing above", "dim")))
        blocks += [_effect(effect) for effect in comparison.holdout]
    for setting in comparison.settings:
        change = f"{one_line(setting.a, 60)} → {one_line(setting.b, 60)}"
        blocks.append(line(("differs: ", "dim"), f"{setting.name}  {change}"))
    blocks += [line((f"! {warning}", "warn")) for warning in comparison.warnings]
    if comparison.settle:
        blocks.append(line(("→ ", "dim"), comparison.settle))
    if comparison.set_apart:
        apart = plural(len(comparison.set_apart), "sample")
        blocks.append(line((f"{apart} set apart: in one run only, or changed in between", "dim")))
    return blocks


def _effect(effect: Effect) -> Block:
    bounds = ""
    if effect.low is not None and effect.high is not None:
        bounds = f" [{effect.low:+.2f}, {effect.high:+.2f}]"
    tone = _TONES[effect.verdict]
    return line(
        f"{effect.measure:<12} ",
        f"{effect.a:.2f} → {effect.b:.2f}  ",
        (f"{effect.difference:+.2f}{bounds}", tone),
        (f"  p {effect.p:.3f}  {effect.lower} lower, {effect.higher} higher", "dim"),
    )


def twin_blocks(twin: ComparedSample) -> list[Block]:
    """Return how the sample came out in both runs, and what changed in its output."""
    sign = CHANGES[twin.change]
    called = f"{one_line(twin.b.task)} · {one_line(twin.b.name)}"
    return [
        line((f"{sign}  ", sign.tone), (called, "strong")),
        _scores("a", twin.a),
        _scores("b", twin.b),
        line(""),
        heading("Output", ("in a only: struck out; in b only: underlined", "dim")),
        difference(twin.a.output, twin.b.output),
        *_issues("a", twin.a),
        *_issues("b", twin.b),
    ]


def _scores(run: str, sample: Sample) -> Block:
    sign = outcome(sample)
    return line(
        (f"{run}  ", "dim"),
        (f"{sign!s:<12}", sign.tone),
        ("rule ", "dim"),
        f"{format.share(sample.rule_score):<6}",
        ("judge ", "dim"),
        format.grade(sample.judge_score),
    )


def _issues(run: str, sample: Sample) -> list[Block]:
    if not sample.rule_issues:
        return []
    return [
        line(""),
        heading(f"Issues in {run}"),
        *(line(("✗ ", "bad"), issue.words) for issue in sample.rule_issues),
    ]


def difference(a: str, b: str) -> Content:
    """Return b's text with what was in a only struck out, and what is new underlined."""
    if a == b:
        return line(("the same in both: ", "dim"), a[:_LONGEST])
    old, new = _words(a[:_LONGEST]), _words(b[:_LONGEST])
    pieces: list[Content] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(line("".join(new[first:last])))
            continue
        if removed := "".join(old[start:end]):
            pieces.append(styled(removed, "removed"))
        if added := "".join(new[first:last]):
            pieces.append(styled(added, "added"))
    return line(*pieces)


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\w+|\s*[^\w\s]|\s+", text)
