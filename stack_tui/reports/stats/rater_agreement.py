"""How far raters agree: Krippendorff's alpha for scores, Cohen's kappa for verdicts."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from stack_tui.reports.stats.bootstrap import resampled_interval
from stack_tui.wilson import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Alpha(msgspec.Struct, frozen=True, kw_only=True):
    """Alpha over the `samples` with two scores or more, and the number of `scores`.

    `alpha` is None if all scores are equal, `interval` if all resamples agree.
    """

    alpha: float | None
    interval: Interval | None
    samples: int
    scores: int


def krippendorff(samples: Sequence[Sequence[float]], cases: Sequence[Hashable]) -> Alpha | None:
    """Return alpha with the interval metric, None if no sample has two scores.

    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 1 minus the observed disagreement
    over that expected by chance. Missing scores are left out. The interval is a bootstrap in which
    the samples of a case are drawn together.
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
        interval=resampled_interval(table, _alpha),
        samples=len(several),
        scores=sum(len(scores) for scores, _ in several),
    )


def _sums(scores: Sequence[float]) -> tuple[float, float, float, float]:
    """Return a sample's number of scores, their sum, sum of squares, and disagreement."""
    count, total = len(scores), sum(scores)
    squares = sum(score * score for score in scores)
    return count, total, squares, 2 * (count * squares - total * total) / (count - 1)


def _alpha(sums: "NDArray[Any]") -> "NDArray[Any]":
    """Return alpha for each row of sums; nan if all scores are equal."""
    import numpy as np

    count, total, squares, observed = sums.T
    expected = 2 * (count * squares - total * total)
    equal = expected <= 1e-9 * count * count
    return np.where(equal, np.nan, 1 - (count - 1) * observed / np.where(equal, 1, expected))


def kappas(counts: "NDArray[Any]") -> "NDArray[Any]":
    """Return Cohen's κ (1960) of each row: neither, the second alone, the first alone, both pass.

    It is nan if chance alone would always agree.
    """
    import numpy as np

    neither, second, first, both = np.asarray(counts, dtype=float).T
    total = neither + second + first + both
    observed = (neither + both) / total
    passing = (first + both) * (second + both) + (neither + second) * (neither + first)
    expected = passing / total**2
    certain = expected > 1 - 1e-12
    return np.where(certain, np.nan, (observed - expected) / np.where(certain, 1, 1 - expected))
