"""What looking over a suite brings up, and which of its cases stand in training data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stack_tui.names import plural
from stack_tui.runs.holdout import HIDDEN
from stack_tui.text import one_line
from stack_tui.tui.ui.blocks import Block, field, line
from stack_tui.tui.ui.icons import Tone

if TYPE_CHECKING:
    from stack_tui.suites.diagnostics.diagnostic import Diagnostic
    from stack_tui.suites.diagnostics.leakage import Leakage
    from stack_tui.suites.model.case import Suite

_SIGNS: dict[str, tuple[str, Tone]] = {
    "error": ("✗ ", "bad"),
    "warning": ("! ", "warn"),
    "note": ("· ", "dim"),
}


def finding_blocks(suite: str, found: Sequence[Diagnostic]) -> list[Block]:
    """Return the findings, each with its case and field."""
    blocks: list[Block] = [
        line((suite, "strong"), (f"   {plural(len(found), 'finding')}", "dim")),
        line(""),
    ]
    for one in found:
        where = f"{one.case}.{one.field}" if one.case else f"suite.{one.field}"
        blocks += [line(_SIGNS[one.level], (one_line(where), "strong")), field("", one.message)]
    return blocks if found else [*blocks, line(("✓ nothing to say", "good"))]


def leakage_blocks(suite: Suite, found: Leakage) -> list[Block]:
    """Return the places at which cases stand in the data, and what was not looked at."""
    held_out = {case.id for case in suite.cases if case.holdout}
    leaked = len({one.case for one in found.overlaps})
    counted = f"{leaked} of {plural(len(suite.cases), 'case')} stand in the data"
    passages = plural(found.passages, "passage")
    blocks: list[Block] = [
        line((suite.name, "strong"), f"   {counted}", (f"   {passages} read", "dim")),
        line(""),
    ]
    for one in found.overlaps:
        place = f"  {one.kind}, {one.share:.0%}, in {one.file}:{one.line}"
        blocks.append(line(("✗ ", "bad"), (one_line(one.case), "strong"), (one_line(place), "dim")))
        blocks.append(field("", HIDDEN if one.case in held_out else one.text))
    if found.further:
        blocks.append(line((f"and {found.further:,} places more", "warn")))
    for line_not_read in found.unread:
        where = f"! {line_not_read.file}:{line_not_read.line} was not read: {line_not_read.why}"
        blocks.append(line((one_line(where), "warn")))
    if found.further_unread:
        blocks.append(line((f"and {found.further_unread:,} lines more not read", "warn")))
    if found.too_short:
        names = one_line(", ".join(found.too_short), 1000)
        blocks.append(line((f"too short to look for: {names}", "dim")))
    return blocks
