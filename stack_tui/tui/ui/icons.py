"""The icon, word and tone of every state, so that nothing depends on colour alone."""

from typing import Final, Literal, NamedTuple

from stack_tui.reports.pages.model import Tone as Tone
from stack_tui.runs.duel_verdicts import TIE
from stack_tui.runs.events import Sample
from stack_tui.runs.store import Phase

HealthState = Literal["up", "loading", "stale", "down", "refused", "at rest", "asking"]


class Icon(NamedTuple):
    """A state as the screens show it."""

    mark: str
    word: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.mark} {self.word}"


PHASES: Final[dict[Phase, Icon]] = {
    "running": Icon("►", "running", "accent"),
    "paused": Icon("‖", "paused", "warn"),
    "stopping": Icon("▷", "stopping", "warn"),
    "stopped": Icon("■", "stopped", "warn"),
    "starting": Icon("◔", "starting", "warn"),
    "interrupted": Icon("↯", "interrupted", "bad"),
    "finished": Icon("✓", "finished", "good"),
    "errors": Icon("!", "with errors", "bad"),
    "failed": Icon("✗", "failed", "bad"),
}

HEALTH: Final[dict[HealthState, Icon]] = {
    "up": Icon("●", "up", "good"),
    "loading": Icon("◐", "loading", "warn"),
    "stale": Icon("◌", "stale", "warn"),
    "down": Icon("✗", "down", "bad"),
    "refused": Icon("⊘", "refused", "bad"),
    "at rest": Icon("○", "at rest", "dim"),
    "asking": Icon("·", "asking", "dim"),
}

UNREADABLE: Final = Icon("✗", "unreadable", "bad")

_PASS: Final = Icon("✓", "pass", "good")
_FAIL: Final = Icon("✗", "fail", "bad")
_ERROR: Final = Icon("!", "error", "bad")
_TIE: Final = Icon("=", "tie", "dim")
_DONE: Final = Icon("·", "done", "")
_UNSETTLED: Final = {
    "truncated": Icon("…", "truncated", "warn"),
    "empty": Icon("∅", "empty", "warn"),
    "tool_calls": Icon("∅", "tool calls", "warn"),
    "reasoning_only": Icon("∅", "reasoning only", "warn"),
    "filtered": Icon("⊘", "filtered", "warn"),
    "unscored": Icon("?", "unscored", "warn"),
}


def outcome(sample: Sample) -> Icon:
    """Return the icon of the sample's outcome."""
    if sample.status == "error":
        return _ERROR
    if sample.winner:
        return _TIE if sample.winner == TIE else Icon("▸", f"{sample.winner} won", "accent")
    if sample.passed is not None:
        return _PASS if sample.passed else _FAIL
    return _UNSETTLED.get(sample.status, _DONE)


def concern(sample: Sample) -> int:
    """Return the rank by which samples are listed: 0 failed, 1 error, 2 unsettled, 3 the rest."""
    if sample.status == "error":
        return 1
    if sample.passed is not None:
        return 3 if sample.passed else 0
    return 3 if sample.status == "ok" else 2
