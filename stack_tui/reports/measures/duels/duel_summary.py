"""What a duel comes to: who won how often, how its judges judged, and ratings."""

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
    """Who took part, each pair's result, each judge's conduct; ratings from three runs on.

    Cases held out are in the `holdout` and in the judges' conduct; `looks` says who saw them.
    `errors` counts judges' failed requests by kind, `flagged` the matches in which an output tries
    to steer its judge.
    """

    suite: str
    runs: tuple[DuelParticipant, ...]
    pairs: tuple[PairResult, ...]
    holdout: tuple[PairResult, ...]
    looks: tuple[HoldoutAccess, ...]
    judges: tuple[JudgeResult, ...]
    ratings: tuple[Rating, ...]
    errors: dict[str, int]
    flagged: int


def duel_summary(view: RunView) -> DuelSummary:
    """Return what the matches come to, so far; raises TypeError for another run."""
    subject = view.spec.subject
    if not isinstance(subject, DuelSubject):
        raise TypeError(f"{view.spec.id} is no duel")
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
