"""The sign of every outcome, verdict, gate and severity, for every form of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.reports.pages.model import Sign, Span

if TYPE_CHECKING:
    # The app draws signs in its first frame, before it needs any measure.
    from stack_tui.reports.measures.effects import Verdict
    from stack_tui.reports.measures.gates import GateState
    from stack_tui.reports.measures.sample_result import SampleResult

BAD = Sign("✗", "bad")
GOOD = Sign("✓", "good")
WARNING = Sign("!", "warn")
NOTE = Sign("·", "dim")

RESULTS: dict[SampleResult, Sign] = {
    "passed": GOOD,
    "failed": BAD,
    "error": Sign("!", "bad"),
    "unscored": Sign("?", "warn"),
    "no verdict": Sign("?", "dim"),
}
GATES: dict[GateState, Sign] = {
    "met": GOOD,
    "failed": BAD,
    "inconclusive": Sign("?", "warn"),
}
VERDICTS: dict[Verdict, Sign] = {
    "better": Sign("▲", "good"),
    "worse": Sign("▼", "bad"),
    "equivalent": Sign("=", "good"),
    "mixed": Sign("±", "warn"),
    "inconclusive": Sign("≈", "warn"),
    "not final": Sign("…", "warn"),
}
# Of a finding, which may be an alarm, and of a diagnostic, which may be an error.
LEVELS: dict[str, Sign] = {"note": NOTE, "warning": WARNING, "alarm": BAD, "error": BAD}


def signed(sign: Sign, word: str) -> Span:
    """Return the word behind its sign."""
    return Span(f"{sign.mark} {word}", sign.tone)
