"""The unconditional exact test of two paired rates, for few pairs."""

import math
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PAIRS = 200
_GRID = 400
_LEVEL = 0.05
_ROUNDING = 1e-9


def unconditional_exact(gained: int, lost: int, pairs: int) -> float:
    """Return the two-sided p that two paired rates are equal, for up to `MOST_PAIRS` pairs.

    Suissa and Shuster 1991, Biometrics 47:361: the greatest chance, over all shares of discordant
    pairs, of a score |gained − lost| / √(gained + lost) as large as the one found. McNemar's exact
    test takes the number of discordant pairs for granted and has up to half the power.
    """
    if gained == lost:
        return 1.0
    return _p(abs(gained - lost) / math.sqrt(gained + lost), pairs)


@cache
def critical_score(pairs: int) -> float:
    """Return the least score that the test calls a difference at 5 %, inf if there is none."""
    import numpy as np

    discordant, difference = np.meshgrid(np.arange(1, pairs + 1), np.arange(1, pairs + 1))
    possible = (difference <= discordant) & ((discordant - difference) % 2 == 0)
    scores = np.unique((difference / np.sqrt(discordant))[possible])
    low, high = 0, len(scores)
    while low < high:
        middle = (low + high) // 2
        if _p(float(scores[middle]), pairs) <= _LEVEL:
            high = middle
        else:
            low = middle + 1
    return float(scores[low]) if low < len(scores) else math.inf


def power(pairs: int, difference: float, discordant: float) -> float:
    """Return how often the test finds a difference, with that share of discordant pairs."""
    import numpy as np
    from scipy.special import bdtrc

    counts = np.arange(1, pairs + 1)
    fewest = _fewest(counts, critical_score(pairs))
    found = bdtrc(fewest - 1, counts, (1 + difference / discordant) / 2)
    return float(_chances(pairs, np.array([discordant]))[0, 1:] @ found)


@cache
def _p(score: float, pairs: int) -> float:
    """Return the greatest chance of a score as extreme, over all shares of discordant pairs."""
    import numpy as np
    from scipy.special import bdtrc

    counts = np.arange(pairs + 1)
    fewest = _fewest(counts, score)
    extreme = np.minimum(1.0, 2 * bdtrc(fewest - 1, counts, 0.5))
    extreme[0] = 0.0
    return float(min(1.0, (_discordance(pairs) @ extreme).max()))


def _fewest(discordant: "NDArray[Any]", score: float) -> "NDArray[Any]":
    """Return how many of the discordant pairs must go one way to have that score.

    One more than there are stands for all greater numbers, for which scipy has no chances.
    """
    import numpy as np

    needed = np.ceil((discordant + score * np.sqrt(discordant)) / 2 - _ROUNDING)
    return np.asarray(np.minimum(needed, discordant + 1))


@cache
def _discordance(pairs: int) -> "NDArray[Any]":
    """Return the chances of each number of discordant pairs, a row for each share of them."""
    import numpy as np

    return _chances(pairs, np.linspace(0, 1, _GRID + 1)[1:])


def _chances(pairs: int, shares: "NDArray[Any]") -> "NDArray[Any]":
    """Return the binomial chances of 0 to `pairs`, a row for each of the shares."""
    import numpy as np
    from scipy.special import gammaln, xlog1py, xlogy

    counts, rows = np.arange(pairs + 1), shares[:, None]
    ways = gammaln(pairs + 1) - gammaln(counts + 1) - gammaln(pairs - counts + 1)
    return np.asarray(np.exp(ways + xlogy(counts, rows) + xlog1py(pairs - counts, -rows)))
