"""The result of a duel: who won how often, how the judges behaved, and ratings."""

from collections import Counter

import msgspec

from stack_tui.reports.measures.duels.duel_judges import JudgeResult, judge_results
from stack_tui.reports.measures.duels.duel_pairs import PairResult, pair_results
from stack_tui.reports.measures.duels.duel_ratings import Rating, ratings
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.spec import DuelParticipant, DuelSubject
from stack_tui.runs.view import RunView


class DuelSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The runs, the results by pair, and the judges' results."""

    suite: str
    runs: tuple[DuelParticipant, ...]
    pairs: tuple[PairResult, ...]
    holdout: tuple[PairResult, ...]
    """Results of the held-out cases."""
    looks: tuple[HoldoutAccess, ...]
    """Each access to the held-out texts."""
    judges: tuple[JudgeResult, ...]
    """Each judge's result, over held-out cases too."""
    ratings: tuple[Rating, ...]
    """Empty for fewer than three runs."""
    errors: dict[str, int]
    """Failed requests to judges, by kind."""
    flagged: int
    """Matches in which an output tries to steer its judge."""


def duel_summary(view: RunView) -> DuelSummary:
    """Return the result of the matches so far; raises TypeError if the run is not a duel."""
    subject = view.spec.subject
    if not isinstance(subject, DuelSubject):
        raise TypeError(f"{view.spec.id} is not a duel")
    samples = in_order(view.samples)
    failures = (v.failure.kind for s in samples for v in s.verdicts if v.failure)
    runs = subject.runs
    letters = [run.letter for run in runs]
    return DuelSummary(
        suite=subject.suite,
        runs=runs,
        pairs=tuple(pair_results(view)),
        holdout=tuple(pair_results(view, holdout=True)) if view.holdouts else (),
        looks=view.accesses,
        judges=judge_results(samples, runs),
        ratings=ratings(view.open_samples, letters) if len(runs) > 2 else (),
        errors=dict(sorted(Counter(failures).items())),
        flagged=sum(bool(sample.flags) for sample in samples),
    )
