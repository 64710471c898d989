"""95 % intervals of one run's rates and means: its cases are counted, not their repeats."""

from collections.abc import Hashable, Sequence
from statistics import NormalDist

from stack_tui.reports.paired import bootstrap_interval, cluster, design_effect

Interval = tuple[float, float]


def wilson_interval(successes: float, trials: float) -> Interval | None:
    """Return the 95 % score interval of a rate, None without trials.

    Wilson 1927, JASA 22:209. Counts may be fractions, as an effective number of trials is.
    """
    if trials <= 0:
        return None
    z = NormalDist().inv_cdf(0.975)
    rate = successes / trials
    middle = rate + z * z / (2 * trials)
    reach = z * (rate * (1 - rate) / trials + z * z / (4 * trials * trials)) ** 0.5
    scale = 1 + z * z / trials
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def rate_interval(successes: Sequence[bool], cases: Sequence[Hashable]) -> Interval | None:
    """Return Wilson's interval on the effective number of samples, samples / design effect.

    `cases` says to which case each sample belongs; repeats of one case are a cluster (Kish 1965).
    """
    if not successes:
        return None
    count = sum(successes)
    effect = design_effect(count, 0, cluster(map(float, successes), cases))
    return wilson_interval(count / effect, len(successes) / effect)


def mean_interval(
    values: Sequence[float], cases: Sequence[Hashable], scale: Interval
) -> Interval | None:
    """Return the seeded bootstrap interval of a mean, the values of one case drawn together.

    `scale` holds the least and the greatest value there can be; None without values.
    """
    return bootstrap_interval(cluster(values, cases), scale=scale) if values else None
