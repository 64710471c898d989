"""95 % intervals of one run's rates and means. The unit is the case, not the repeat."""

from collections.abc import Hashable, Sequence
from statistics import NormalDist

from stack_tui.reports.stats.paired import (
    bootstrap_interval,
    bounded_mean_interval,
    cluster,
    design_effect,
)
from stack_tui.wilson import Interval as Interval
from stack_tui.wilson import wilson_interval as wilson_interval

_Z = NormalDist().inv_cdf(0.975)


def rate_interval(successes: Sequence[bool], cases: Sequence[Hashable]) -> Interval | None:
    """Return Wilson's interval on the effective number of samples, samples / design effect.

    `cases` names each sample's case; the repeats of a case are a cluster (Kish 1965).
    """
    if not successes:
        return None
    count = sum(successes)
    effect = design_effect(count, 0, cluster(map(float, successes), cases))
    return wilson_interval(count / effect, len(successes) / effect)


def mean_interval(
    values: Sequence[float], cases: Sequence[Hashable], scale: Interval | None
) -> Interval | None:
    """Return the seeded bootstrap interval of a mean; the values of a case are drawn together.

    `scale` is the least and the greatest possible value, None if they are not known. Return None
    without values, and for equal values without a scale.
    """
    if not values:
        return None
    clusters = cluster(values, cases)
    return bounded_mean_interval(clusters, scale) if scale else bootstrap_interval(clusters)


def unit_scale(values: Sequence[float]) -> Interval | None:
    """Return 0 to 1 if all of a metric's values lie there, None if its scale is not known."""
    return (0.0, 1.0) if all(0 <= value <= 1 for value in values) else None


def recorded_rate_interval(value: float, stderr: float, documents: int) -> Interval | None:
    """Return Wilson's interval of a rate with that standard error; None if neither is known.

    The effective number of documents is value · (1 − value) / stderr². Where all documents agree
    the standard error is 0, which says nothing, and their number is taken.
    """
    spread = value * (1 - value)
    count = spread / stderr**2 if spread > 0 and stderr > 0 else float(documents)
    return wilson_interval(value * count, count)


def recorded_mean_interval(value: float, stderr: float, documents: int) -> Interval | None:
    """Return the mean ± t standard errors; None without an error, which no figure is free of."""
    from scipy.special import stdtrit

    if stderr <= 0:
        return None
    reach = float(stdtrit(max(documents - 1, 1), 0.975)) if documents else _Z
    return value - reach * stderr, value + reach * stderr
