"""Krippendorff's alpha for scores: how far judges agree beyond what chance would give."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from stack_tui.reports.paired import SEED, percentile_tail
from stack_tui.reports.statistics import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RESAMPLES = 2000
_CELLS_AT_ONCE = 4_000_000


class Alpha(msgspec.Struct, frozen=True, kw_only=True):
    """Alpha over the `samples` that two judges or more scored, `scores` in all.

    It is None where all scores are equal, and the interval where no resample differs.
    """

    alpha: float | None
    interval: Interval | None
    samples: int
    scores: int


def krippendorff(
    samples: Sequence[Sequence[float]], cases: Sequence[Hashable], *, seed: int = SEED
) -> Alpha | None:
    """Return alpha with the interval metric, None where no sample has two scores.

    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 1 less the observed disagreement
    over that expected by chance. A missing score is left out, not guessed. The interval is a
    bootstrap, the samples of one case drawn together.
    """
    import numpy as np

    several = [(scores, case) for scores, case in zip(samples, cases, strict=True) if scores[1:]]
    if not several:
        return None
    by_case: dict[Hashable, list[float]] = {}
    for scores, case in several:
        sums = by_case.setdefault(case, [0.0, 0.0, 0.0, 0.0])
        for place, value in enumerate(_sums(scores)):
            sums[place] += value
    table = np.array(list(by_case.values()))
    alpha = float(_alpha(table.sum(axis=0, keepdims=True))[0])
    return Alpha(
        alpha=None if np.isnan(alpha) else alpha,
        interval=_interval(table, seed),
        samples=len(several),
        scores=sum(len(scores) for scores, _ in several),
    )


def _sums(scores: Sequence[float]) -> tuple[float, float, float, float]:
    """Return what a sample adds: scores, their sum, that of squares, and its disagreement."""
    count, total = len(scores), sum(scores)
    squares = sum(score * score for score in scores)
    return count, total, squares, 2 * (count * squares - total * total) / (count - 1)


def _alpha(sums: "NDArray[Any]") -> "NDArray[Any]":
    """Return alpha for each row of sums; nan where every score is the same."""
    import numpy as np

    count, total, squares, observed = sums.T
    expected = 2 * (count * squares - total * total)
    equal = expected <= 1e-9 * count * count
    return np.where(equal, np.nan, 1 - (count - 1) * observed / np.where(equal, 1, expected))


def _interval(table: "NDArray[Any]", seed: int) -> Interval | None:
    import numpy as np

    cases = len(table)
    if cases < 2:
        return None
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // cases)
    parts = []
    for start in range(0, _RESAMPLES, step):
        size = min(step, _RESAMPLES - start)
        drawn = generator.multinomial(cases, [1 / cases] * cases, size=size)
        parts.append(_alpha(drawn @ table))
    alphas = np.concatenate(parts)
    alphas = alphas[~np.isnan(alphas)]
    if len(alphas) < _RESAMPLES / 2 or np.ptp(alphas) < 1e-12:
        return None
    tail = percentile_tail(cases)
    low, high = np.quantile(alphas, [tail, 1 - tail])
    return float(low), float(high)
