"""A task, or a group of them, as one row of the tree."""

from stack_tui.tui.run_summary import tally
from stack_tui.tui.runs.task_tree import Branch
from stack_tui.tui.ui import format
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.icons import Tone
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.wilson import wilson_interval

TASK_COLUMNS = (
    Column("task", 16, grow=3),
    Column("progress", 8, optional=2),
    Column("done", 13, right=True),
    Column("score", 5, right=True),
    Column("95 %", 10),
    Column("err", 3, right=True),
    Column("trunc", 5, right=True, optional=1),
)
_BAR = 8


def task_row(branch: Branch) -> Row:
    """Return the cells for TASK_COLUMNS."""
    counts = branch.counts
    depth = len(branch.path) - 1
    line = "│ " * (depth - 1) + "├ " if depth else ""
    sign = ("▸ " if branch.folded else "▾ ") if branch.group else ""
    interval = wilson_interval(counts.passed, counts.passed + counts.failed)
    full = int((counts.share or 0.0) * _BAR + 1e-9)
    return (
        Cell(f"{line}{sign}{branch.label}", "strong" if sign else ""),
        Cell("━" * full + "─" * (_BAR - full), "accent" if full else "dim"),
        Cell(tally(counts), "dim"),
        Cell(format.share(counts.pass_rate)),
        Cell(format.interval(interval, in_percent=False), "dim"),
        _trouble(counts.errors, "bad"),
        _trouble(counts.truncated, "warn"),
    )


def _trouble(number: int, tone: Tone) -> Cell:
    return Cell(f"{number:,}", tone if number else "dim")
