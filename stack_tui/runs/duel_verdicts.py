"""What judges' answers in both orders come to, for one match of a duel."""

from collections.abc import Iterable, Sequence
from typing import Literal

from stack_tui.runs.events import JudgeScore, Sample

TIE = "tie"
DuelOutcome = Literal["decided", "tied", "by position", "wavered", "incomplete"]


def kind(orders: Sequence[JudgeScore]) -> DuelOutcome:
    """Return what one judge's answers in both orders are together.

    It decided where both name the same run, and was led by position where both name the first
    output, or both the second; it wavered where it named a run in one order and a tie in the other.
    """
    scores = [verdict.score for verdict in orders if verdict.score is not None]
    if len(scores) < 2:
        return "incomplete"
    if scores[0] == scores[1]:
        return "tied" if scores[0] == 0.5 else "decided"
    return "wavered" if 0.5 in scores else "by position"


def by_judge(verdicts: Iterable[JudgeScore]) -> dict[tuple[str, str], list[JudgeScore]]:
    """Return the answers of each judge, known by name and model."""
    found: dict[tuple[str, str], list[JudgeScore]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.judge, verdict.model), []).append(verdict)
    return found


def winner(verdicts: Iterable[JudgeScore], a: str, b: str) -> str:
    """Return the run that more judges decided for, a tie, or "" where no judge answered in full.

    A judge that does not name the same run in both orders counts as a tie.
    """
    votes = 0
    complete = 0
    for orders in by_judge(verdicts).values():
        said = kind(orders)
        complete += said != "incomplete"
        if said == "decided":
            votes += 1 if orders[0].score == 1 else -1
    if not complete:
        return ""
    return TIE if votes == 0 else b if votes > 0 else a


def named(verdict: JudgeScore, sample: Sample) -> str:
    """Return whose output the answer names: a run's letter, a tie, or nothing that was read."""
    a, b = sample.outputs
    return {0.0: a, 1.0: b, 0.5: TIE}.get(-1 if verdict.score is None else verdict.score, "–")
