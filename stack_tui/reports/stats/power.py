"""Statistical power: the smallest difference that some cases can show, and the cases it takes.

For a two-sided test at 5 % that detects the difference four times in five: the sum of the two
normal quantiles, 1.960 + 0.842 = 2.80 standard errors (Miller 2024, arXiv 2411.00640, §5).
"""

import math
from functools import cache
from statistics import NormalDist

from stack_tui.reports.stats.unconditional import MOST_PAIRS, power

POWER = 0.8
POWER_FACTOR = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(POWER)
TYPICAL_DISCORDANT = 0.2
FEW_CASES = 30
_STEPS = 20
LEAST_FLIPS = 6  # all one way, these give p = 2 / 2⁶ = .03; five give .06


@cache
def smallest_paired_difference(cases: int, discordant: float = TYPICAL_DISCORDANT) -> float:
    """Return the smallest difference of pass rates that two runs of the same cases could show.

    `discordant` is the share of cases, 0 to 1, that pass in one run only; it is at least the
    difference. For up to 200 cases the power is that of the exact test.
    """
    if cases > MOST_PAIRS:
        # The share rises with the difference, so that this one may need more than it allows for.
        return min(1.0, max(POWER_FACTOR * math.sqrt(discordant / cases), POWER_FACTOR**2 / cases))
    if cases < LEAST_FLIPS:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if power(cases, middle, max(discordant, middle)) < POWER:
            low = middle
        else:
            high = middle
    return high


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
