"""Two runs side by side: their comparison, and each sample in both, its outputs word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from stack_tui.runs.events import Sample
from stack_tui.runs.store import Run
from stack_tui.text import one_line
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, heading, line, styled
from stack_tui.tui.ui.icons import Icon, outcome

if TYPE_CHECKING:
    from stack_tui.reports.measures.comparison import Comparison

_LONGEST = 8_000

Change = Literal["pass → fail", "fail → pass", "both fail", "both pass", "other", "set apart"]

CHANGES: dict[Change, Icon] = {
    "pass → fail": Icon("✓→✗", "now fails", "bad"),
    "fail → pass": Icon("✗→✓", "now passes", "good"),
    "both fail": Icon("✗ ✗", "both fail", "dim"),
    "both pass": Icon("✓ ✓", "both pass", "dim"),
    "other": Icon("· ·", "no verdict", "dim"),
    "set apart": Icon("⊘  ", "set apart", "dim"),
}


@dataclass(frozen=True, slots=True)
class ComparedSample:
    """The same sample in both runs."""

    a: Sample
    b: Sample
    apart: bool = False

    @property
    def change(self) -> Change:
        """How its outcome changed."""
        if self.apart:
            return "set apart"
        if self.a.passed is None or self.b.passed is None:
            return "other"
        if self.a.passed == self.b.passed:
            return "both pass" if self.a.passed else "both fail"
        return "pass → fail" if self.a.passed else "fail → pass"

    @property
    def flipped(self) -> bool:
        """Whether it passes in one run and fails in the other."""
        return self.change in ("pass → fail", "fail → pass")


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """Run b against run a, the baseline; twins with flips first."""

    comparison: Comparison
    twins: tuple[ComparedSample, ...]


def compared(a: Path, b: Path) -> ComparedRuns:
    """Read both runs and compare them, with held-out texts redacted; raises StackError."""
    from stack_tui.reports.measures.pairing import keyed
    from stack_tui.worker.compare_runs import compare_runs

    runs = Run(a), Run(b)
    comparison = compare_runs(*runs)
    before, after = keyed(runs[0].view, runs[1].view), keyed(runs[1].view, runs[0].view)
    apart = {(each.task, each.id, each.repeat, each.temperature) for each in comparison.set_apart}
    twins = [
        ComparedSample(before[key], sample, key in apart)
        for key, sample in after.items()
        if key in before
    ]
    order = list(CHANGES)
    twins.sort(key=lambda twin: (order.index(twin.change), twin.b.task, twin.b.place))
    return ComparedRuns(comparison, tuple(twins))


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
