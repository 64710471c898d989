"""Ratings of three runs or more by the Bradley-Terry model, fitted by choix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from stack_tui.reports.stats.paired import SEED, percentile_tail
from stack_tui.runs.duel_verdicts import TIE
from stack_tui.runs.events import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wins = NDArray[np.float64]

_RESAMPLES = 500
_PRIOR = 0.5
POINTS = 400.0


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """A run's rating: 400 points are ten wins to one, and the mean of all runs is 0.

    `low` and `high` are its 95 % interval, None if the cases do not show its spread.
    """

    run: str
    rating: float
    low: float | None
    high: float | None


def ratings(samples: Sequence[Sample], runs: Sequence[str]) -> tuple[Rating, ...]:
    """Return each run's rating (Bradley and Terry 1952, Biometrika 39:324), best first.

    A tie is half a win for both. Each pair gets half an extra win either way, so that a run that
    never lost has a rating too. Intervals are percentiles of a seeded bootstrap of whole cases,
    widened like those of means.
    """
    import numpy as np

    by_case = _wins_by_case(samples, runs)
    if not by_case:
        return ()
    wins = np.array(by_case)
    rated = _fitted(wins.sum(axis=0))
    low: Sequence[float | None] = [None] * len(runs)
    high = low
    if len(by_case) > 1:
        generator = np.random.default_rng(SEED)
        chances = np.full(len(by_case), 1 / len(by_case))
        drawn = generator.multinomial(len(by_case), chances, size=_RESAMPLES)
        resampled = [_fitted(np.tensordot(counts, wins, axes=1)) for counts in drawn]
        tail = percentile_tail(len(by_case))
        low, high = np.quantile(resampled, [tail, 1 - tail], axis=0).tolist()
    found = [
        Rating(run=run, rating=float(rated[place]), low=low[place], high=high[place])
        if low[place] != high[place]
        else Rating(run=run, rating=float(rated[place]), low=None, high=None)
        for place, run in enumerate(runs)
    ]
    return tuple(sorted(found, key=lambda rating: -rating.rating))


def _wins_by_case(samples: Sequence[Sample], runs: Sequence[str]) -> "list[Wins]":
    """Return, for each case, how often each run (row) beat each other run (column)."""
    import numpy as np

    places = {run: place for place, run in enumerate(runs)}
    cases: dict[tuple[str, bool], Wins] = {}
    for sample in samples:
        if not sample.winner:
            continue
        wins = cases.setdefault(sample.counted_as[1:], np.zeros((len(runs), len(runs))))
        a, b = (places[run] for run in sample.outputs)
        won = 0.5 if sample.winner == TIE else float(places[sample.winner] == a)
        wins[a, b] += won
        wins[b, a] += 1 - won
    return list(cases.values())


def _fitted(wins: "Wins") -> "Wins":
    import choix
    import numpy as np

    prior = _PRIOR * (1 - np.eye(len(wins)))
    strengths = choix.ilsr_pairwise_dense(wins + prior, max_iter=1000, tol=1e-6)
    points: Wins = POINTS / np.log(10) * (strengths - strengths.mean())
    return points
