"""The interval of a rate, as reports print it and sanity checks rest on it."""

from statistics import NormalDist

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
    # The interval holds the rate, also at 0 and 1, where rounding would leave it just outside.
    return (
        max(0.0, min(rate, (middle - reach) / scale)),
        min(1.0, max(rate, (middle + reach) / scale)),
    )
