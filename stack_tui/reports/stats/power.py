"""Statistical power: the smallest difference that some cases can show, and the cases it takes.

For a two-sided test at 5 % that detects the difference four times in five: the sum of the two
normal quantiles, 1.960 + 0.842 = 2.80 standard errors (Miller 2024, arXiv 2411.00640, §5).
"""

import math
from statistics import NormalDist

POWER_FACTOR = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
TYPICAL_DISCORDANT = 0.2
FEW_CASES = 30
LEAST_FLIPS = 6  # all one way, these give p = 2 / 2⁶ = .03; five give .06


def smallest_paired_difference(cases: int, discordant: float = TYPICAL_DISCORDANT) -> float:
    """Return the smallest difference of pass rates that two runs of the same cases could show.

    `discordant` is the share of cases, 0 to 1, that pass in one run only. McNemar's exact test
    never rejects with fewer than six of them.
    """
    if not cases:
        return 1.0
    return _at_most_one(max(POWER_FACTOR * math.sqrt(discordant / cases), LEAST_FLIPS / cases))


def cases_for_paired_difference(
    difference: float, discordant: float = TYPICAL_DISCORDANT
) -> int | None:
    """Return how many cases would show a difference of pass rates, None for no difference.

    The discordant share cannot be smaller than the difference, and is raised to it.
    """
    if not difference:
        return None
    share = max(discordant, abs(difference))
    return math.ceil(_cases(share, difference))


def cases_for_mean_difference(difference: float, deviation: float) -> int | None:
    """Return how many cases would show that mean difference of scores, None for no difference.

    `deviation` is the standard deviation of the cases' differences, in the scores' unit. It takes
    six cases at least: fewer have too few combinations of signs.
    """
    if not difference:
        return None
    return max(LEAST_FLIPS, math.ceil(_cases(deviation**2, difference)))


def _cases(variance: float, difference: float) -> float:
    return POWER_FACTOR**2 * variance / difference**2


def _at_most_one(difference: float) -> float:
    return min(1.0, difference)
