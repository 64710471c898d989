"""What `cases check` and `leakage` find out about suites."""

from collections.abc import Sequence

from stack_tui.names import plural
from stack_tui.reports.pages.model import Callout, Page, TextBlock
from stack_tui.reports.pages.signs import BAD, GOOD, LEVELS, NOTE, WARNING
from stack_tui.suites.diagnostics.leakage import Leakage, Overlap
from stack_tui.suites.diagnostics.lint import Diagnostic


def diagnostics_page(suite: str, found: Sequence[Diagnostic]) -> Page:
    """Return the suite's diagnostics, each with its case and field."""
    blocks = [
        Callout(LEVELS[each.level], f"{each.case or 'suite'}.{each.field}", each.message)
        for each in found
    ]
    none = () if found else (Callout(GOOD, "no problems found"),)
    return Page(f"{suite}: {plural(len(found), 'diagnostic')}", (*blocks, *none))


def leakage_page(found: Leakage, cases: int) -> Page:
    """Return the places where cases appear in the data, and what was not searched."""
    blocks = [Callout(BAD, _place(each), each.text) for each in found.overlaps]
    if found.further:
        blocks.append(Callout(WARNING, f"and {found.further:,} more places"))
    blocks += [Callout(WARNING, f"{e.file}:{e.line} was not read", e.why) for e in found.unread]
    if found.further_unread:
        blocks.append(Callout(WARNING, f"and {found.further_unread:,} more lines not read"))
    if found.too_short:
        blocks.append(Callout(NOTE, "too short to search for", ", ".join(found.too_short)))
    leaked = len({each.case for each in found.overlaps})
    counted = f"{leaked} of {plural(cases, 'case')} found in the data"
    read = f"{plural(found.passages, 'passage')} read"
    summary = TextBlock(f"{counted}; {read}", "bad" if leaked else "good")
    return Page("leakage", (*blocks, summary))


def _place(overlap: Overlap) -> str:
    where = f"{overlap.file}:{overlap.line}"
    return f"{overlap.case} ({overlap.kind}, {overlap.share:.0%}) in {where}"
