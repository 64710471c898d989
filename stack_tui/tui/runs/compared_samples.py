"""Two runs side by side: their comparison, and each sample in both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stack_tui.runs.events import Sample
from stack_tui.runs.store import Run
from stack_tui.tui.ui.icons import Icon

if TYPE_CHECKING:
    from stack_tui.reports.measures.comparison import Comparison

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
