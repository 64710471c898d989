"""Spearman's rank correlation with its interval."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from stack_tui.wilson import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_PAIRS = 10
_Z = NormalDist().inv_cdf(0.975)


def spearman(one: Sequence[float], other: Sequence[float]) -> tuple[float, Interval] | None:
    """Return Spearman's ρ and its 95 % interval; None under 10 pairs or if one side is constant.

    The interval is Fisher's, with the variance of Bonett and Wright 2000, Psychometrika 65:23. For
    a ρ of 1 or −1, whose interval would have no width, two neighbouring ranks are swapped.
    """
    import numpy as np

    count = len(one)
    if count < LEAST_PAIRS or len(set(one)) < 2 or len(set(other)) < 2:
        return None
    rho = float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])
    rho = max(-1.0, min(1.0, rho))
    nearest = 1 - 12 / (count * (count * count - 1))
    low, high = _interval(max(-nearest, min(nearest, rho)), count)
    return rho, (min(low, rho), max(high, rho))


def _interval(rho: float, count: int) -> Interval:
    middle = math.atanh(rho)
    reach = _Z * math.sqrt((1 + rho * rho / 2) / (count - 3))
    return math.tanh(middle - reach), math.tanh(middle + reach)


def _ranks(values: Sequence[float]) -> "NDArray[Any]":
    """Return the ranks from 1; equal values share their mean rank."""
    import numpy as np

    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[places]
