"""One sample in two runs: its outcomes, and its outputs word by word."""

from __future__ import annotations

import difflib
import re

from textual.content import Content

from stack_tui.runs.events import Sample
from stack_tui.text import one_line
from stack_tui.tui.runs.compared_samples import CHANGES, ComparedSample
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, heading, line, styled
from stack_tui.tui.ui.icons import outcome

_LONGEST = 8_000


def twin_blocks(twin: ComparedSample) -> list[Block]:
    """Return the sample's outcome in both runs, and what changed in its output."""
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
    """Return b's text, with what only a has struck out and what only b has underlined."""
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
