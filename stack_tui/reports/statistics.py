"""95 % intervals of one run's rates and means: its cases are counted, not their repeats."""

from collections.abc import Hashable, Sequence

from stack_tui.reports.paired import bootstrap_interval, cluster, design_effect
from stack_tui.wilson import Interval as Interval
from stack_tui.wilson import wilson_interval as wilson_interval


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
