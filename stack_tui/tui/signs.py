"""The sign, word and tone of every state: colour never speaks alone."""

from typing import Final, Literal, NamedTuple

from stack_tui.runs.events import Sample
from stack_tui.runs.rulings import TIE
from stack_tui.runs.store import Phase

Tone = Literal["", "strong", "dim", "accent", "good", "bad", "warn"]
HealthState = Literal["up", "loading", "stale", "down", "refused"]


class Sign(NamedTuple):
    """How a state is shown."""

    mark: str
    word: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.mark} {self.word}"


PHASES: Final[dict[Phase, Sign]] = {
    "running": Sign("►", "running", "accent"),
    "paused": Sign("‖", "paused", "warn"),
    "stopping": Sign("▷", "stopping", "warn"),
    "stopped": Sign("■", "stopped", "warn"),
    "starting": Sign("◔", "starting", "warn"),
    "interrupted": Sign("↯", "interrupted", "bad"),
    "finished": Sign("✓", "finished", "good"),
    "errors": Sign("!", "with errors", "bad"),
    "failed": Sign("✗", "failed", "bad"),
}

HEALTH: Final[dict[HealthState, Sign]] = {
    "up": Sign("●", "up", "good"),
    "loading": Sign("◐", "loading", "warn"),
    "stale": Sign("◌", "stale", "warn"),
    "down": Sign("✗", "down", "bad"),
    "refused": Sign("⊘", "refused", "bad"),
}

AT_REST: Final = Sign("○", "at rest", "dim")
UNKNOWN: Final = Sign("·", "asking", "dim")
UNREADABLE: Final = Sign("✗", "unreadable", "bad")

_PASS: Final = Sign("✓", "pass", "good")
_FAIL: Final = Sign("✗", "fail", "bad")
_ERROR: Final = Sign("!", "error", "bad")
_TIE: Final = Sign("=", "tie", "dim")
_DONE: Final = Sign("·", "done", "")
_UNSETTLED: Final = {
    "truncated": Sign("…", "truncated", "warn"),
    "empty": Sign("∅", "empty", "warn"),
    "unscored": Sign("?", "unscored", "warn"),
}


def outcome(sample: Sample) -> Sign:
    """Return how the sample came out."""
    if sample.status == "error":
        return _ERROR
    if sample.winner:
        return _TIE if sample.winner == TIE else Sign("▸", f"{sample.winner} won", "accent")
    if sample.passed is not None:
        return _PASS if sample.passed else _FAIL
    return _UNSETTLED.get(sample.status, _DONE)


def concern(sample: Sample) -> int:
    """Return how much the sample wants looking at: 0 failed, 1 error, 2 unsettled, 3 not at all."""
    if sample.status == "error":
        return 1
    if sample.passed is not None:
        return 3 if sample.passed else 0
    return 3 if sample.status == "ok" else 2
