"""The outcome of one match of a duel, from the judges' answers in both orders."""

from collections.abc import Iterable, Sequence
from typing import Literal

from stack_tui.runs.events import JudgeScore, Sample

TIE = "tie"
DuelOutcome = Literal["decided", "tied", "by position", "wavered", "incomplete"]


def kind(orders: Sequence[JudgeScore]) -> DuelOutcome:
    """Return the outcome of one judge's answers in both orders.

    "decided" if both name the same run; "by position" if both name the output that was first, or
    both the second; "wavered" if one names a run and the other a tie.
    """
    scores = [verdict.score for verdict in orders if verdict.score is not None]
    if len(scores) < 2:
        return "incomplete"
    if scores[0] == scores[1]:
        return "tied" if scores[0] == 0.5 else "decided"
    return "wavered" if 0.5 in scores else "by position"


def by_judge(verdicts: Iterable[JudgeScore]) -> dict[tuple[str, str], list[JudgeScore]]:
    """Return the answers of each judge, by its name and model."""
    found: dict[tuple[str, str], list[JudgeScore]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.judge, verdict.model), []).append(verdict)
    return found


def winner(verdicts: Iterable[JudgeScore], a: str, b: str) -> str:
    """Return the run that more judges decided for, a tie, or "" if no judge answered in full.

    A judge that does not name the same run in both orders counts as a tie.
    """
    votes = 0
    complete = 0
    for orders in by_judge(verdicts).values():
        outcome = kind(orders)
        complete += outcome != "incomplete"
        if outcome == "decided":
            votes += 1 if orders[0].score == 1 else -1
    if not complete:
        return ""
    return TIE if votes == 0 else b if votes > 0 else a


def named(verdict: JudgeScore, sample: Sample) -> str:
    """Return the run's letter that the answer names, a tie, or "–" if it could not be read."""
    a, b = sample.outputs
    return {0.0: a, 1.0: b, 0.5: TIE}.get(-1 if verdict.score is None else verdict.score, "–")
