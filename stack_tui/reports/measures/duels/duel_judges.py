"""How the judges of a duel behaved: how often they decided, and how often by position alone."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from stack_tui.reports.stats.sample_intervals import Interval, rate_interval
from stack_tui.runs.duel_verdicts import DuelOutcome, by_judge, kind
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.runs.spec import DuelParticipant


class JudgeResult(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's answers; each match is shown to it in both orders."""

    judge: str
    model: str
    same_model_as: tuple[str, ...]
    """The runs of the judge's own model."""
    asked: int
    """Matches: the sum of the next five."""
    decided: int
    tied: int
    by_position: int
    wavered: int
    incomplete: int
    unreadable: int
    failures: int
    """Answers without a verdict."""
    first: int
    named: int
    """Answers that name the first output, and that name either."""
    first_rate: float | None
    """Their ratio: one half without a position bias."""
    first_interval: Interval | None


def judge_results(
    samples: Sequence[Sample], runs: Sequence[DuelParticipant]
) -> tuple[JudgeResult, ...]:
    """Return each judge's result, in the order of first appearance."""
    found: dict[tuple[str, str], list[tuple[Sample, list[JudgeScore]]]] = {}
    for sample in samples:
        for name, orders in by_judge(sample.verdicts).items():
            found.setdefault(name, []).append((sample, orders))
    return tuple(_result(*name, matches, runs) for name, matches in found.items())


def _result(
    judge: str,
    model: str,
    matches: Sequence[tuple[Sample, list[JudgeScore]]],
    runs: Sequence[DuelParticipant],
) -> JudgeResult:
    kinds: Counter[DuelOutcome] = Counter(kind(orders) for _, orders in matches)
    verdicts = [verdict for _, orders in matches for verdict in orders]
    failures = sum(verdict.failure is not None for verdict in verdicts)
    named = [
        (sample.counted_as[1:], _names_first(sample, verdict))
        for sample, orders in matches
        for verdict in orders
        if verdict.score in (0.0, 1.0)
    ]
    first = [named_first for _, named_first in named]
    return JudgeResult(
        judge=judge,
        model=model,
        same_model_as=tuple(run.letter for run in runs if run.model == model),
        asked=len(matches),
        decided=kinds["decided"],
        tied=kinds["tied"],
        by_position=kinds["by position"],
        wavered=kinds["wavered"],
        incomplete=kinds["incomplete"],
        unreadable=sum(verdict.score is None for verdict in verdicts) - failures,
        failures=failures,
        first=sum(first),
        named=len(named),
        first_rate=sum(first) / len(first) if first else None,
        first_interval=rate_interval(first, [case for case, _ in named]),
    )


def _names_first(sample: Sample, verdict: JudgeScore) -> bool:
    """Return whether the named output was shown first; a sample's first run is a."""
    a_first = verdict.first == next(iter(sample.outputs))
    return (verdict.score == 0.0) == a_first
