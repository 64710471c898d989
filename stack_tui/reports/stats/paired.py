"""Statistics of two runs of the same samples: differences, their intervals, and tests.

A case's repeats are not independent. They form a cluster, and the cluster is the unit.
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

SEED = 20261124
_CONFIDENCE = 0.95
_RESAMPLES = 2000
_FLIPS = 9999
_CELLS_AT_ONCE = 4_000_000
_EXACT_REACH = 50_000
_ROUNDING = 1e-12  # smaller differences come from fractions such as 0.1 in binary, not from data


@dataclass(frozen=True, slots=True)
class Clusters:
    """The sum of differences b − a in each cluster, and its number of pairs."""

    sums: tuple[float, ...]
    sizes: tuple[float, ...]
    """The numbers of pairs, or the sums of their weights, which are 1 on average."""

    @property
    def pairs(self) -> float:
        """The number of pairs in all clusters."""
        return math.fsum(self.sizes)

    @property
    def mean(self) -> float:
        """The mean difference over the pairs, 0 if it differs from that by rounding alone."""
        mean = math.fsum(self.sums) / self.pairs
        return 0.0 if abs(mean) < _ROUNDING else mean

    @property
    def repeated(self) -> bool:
        """Whether any cluster has several pairs."""
        return len(self.sizes) < self.pairs

    @property
    def all_equal(self) -> bool:
        """Whether the clusters' means are all equal, up to rounding."""
        means = [total / size for total, size in zip(self.sums, self.sizes, strict=True)]
        return not means or max(means) - min(means) <= _ROUNDING * max(1.0, *map(abs, means))

    @property
    def variance_of_mean(self) -> float:
        """The variance of the mean for independent clusters; 0 for fewer than two."""
        count = len(self.sizes)
        if count < 2:
            return 0.0
        mean = self.mean
        if self.all_equal:
            return 0.0
        residuals = (total - size * mean for total, size in zip(self.sums, self.sizes, strict=True))
        return count / (count - 1) * math.fsum(r * r for r in residuals) / self.pairs**2


def cluster(
    differences: Iterable[float],
    ids: Iterable[Hashable],
    weights: Iterable[float] | None = None,
) -> Clusters:
    """Return the differences grouped by cluster id, in the order of first appearance."""
    sums: dict[Hashable, float] = {}
    sizes: dict[Hashable, float] = {}
    for difference, name, weight in zip(differences, ids, weights or repeat(1), strict=False):
        sums[name] = sums.get(name, 0.0) + weight * difference
        sizes[name] = sizes.get(name, 0) + weight
    return Clusters(tuple(sums.values()), tuple(sizes.values()))


def tango_interval(gained: float, lost: float, pairs: float) -> tuple[float, float]:
    """Return the 95 % score interval of the difference of paired rates, (gained − lost) / pairs.

    Tango 1998, Statistics in Medicine 17:891; its ends are found by bisection. Counts may be
    fractions, such as an effective number of pairs.
    """
    z = NormalDist().inv_cdf(0.5 + _CONFIDENCE / 2)

    def end(target: float) -> float:
        low, high = -1.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            if _tango_statistic(middle, gained, lost, pairs) > target:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    return end(z), end(-z)


def _tango_statistic(delta: float, gained: float, lost: float, pairs: float) -> float:
    """Return by how many standard errors the observed difference exceeds `delta`."""
    linear = -gained - lost + (2 * pairs - gained + lost) * delta
    constant = -lost * delta * (1 - delta)
    root = math.sqrt(max(0.0, linear**2 - 8 * pairs * constant))
    lost_rate = (root - linear) / (4 * pairs)
    variance = pairs * (2 * lost_rate + delta * (1 - delta))
    distance = gained - lost - pairs * delta
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def rate_interval(gained: int, lost: int, clusters: Clusters) -> tuple[float, float]:
    """Return Tango's interval on the effective number of pairs, pairs / design effect."""
    effect = design_effect(gained, lost, clusters)
    return tango_interval(gained / effect, lost / effect, clusters.pairs / effect)


def design_effect(gained: float, lost: float, clusters: Clusters, *, least: float = 1.0) -> float:
    """Return the clusters' variance over that of independent samples.

    It is at least 1 and at most that of repeats that always agree (Kish 1965, Survey Sampling; for
    rates Rao and Scott 1992, Biometrics 48:577). The fewer clusters its variance rests on, the
    greater it is (Korn and Graubard 1998). For one run's rate, `gained` counts its passes.
    Values that each sum up several outcomes vary less than single ones, down to `least`.
    """
    if not clusters.repeated and least >= 1:
        return 1.0
    pairs = clusters.pairs
    most = sum(size * size for size in clusters.sizes) / pairs
    independent = ((gained + lost) / pairs - clusters.mean**2) / pairs
    if independent <= 0 or len(clusters.sizes) < 2:
        return most
    found = max(least, clusters.variance_of_mean / independent)
    return min(most, found * _fewness(len(clusters.sizes), pairs))


def _fewness(clusters: int, pairs: float) -> float:
    """Return the squared ratio of t at the clusters' and at the pairs' degrees of freedom.

    Korn and Graubard 1998, Survey Methodology 24:193.
    """
    from scipy.special import stdtrit

    quantile = 0.5 + _CONFIDENCE / 2
    return float((stdtrit(clusters - 1, quantile) / stdtrit(pairs - 1, quantile)) ** 2)


def mcnemar_exact(gained: int, lost: int) -> float:
    """Return the two-sided p of McNemar's exact test: twice the binomial tail, at most 1."""
    discordant = gained + lost
    term = tail = 1
    for successes in range(min(gained, lost)):
        term = term * (discordant - successes) // (successes + 1)
        tail += term
    return float(min(Fraction(1), Fraction(2 * tail, 1 << discordant)))


def sign_flip_exact(differences: Iterable[float]) -> float:
    """Return the two-sided p of the randomisation test on clusters' whole-number differences.

    If the runs are alike, each cluster's difference could equally have the other sign; all
    combinations of signs are counted. With one pair per cluster this is McNemar's exact test.
    """
    import numpy as np

    steps = [abs(round(difference)) for difference in differences if difference]
    observed = abs(round(sum(differences)))
    reach = sum(steps)
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for step in steps:
        flipped = np.zeros_like(chances)
        flipped[step:] += chances[:-step] / 2
        flipped[:-step] += chances[step:] / 2
        chances = flipped
    tails = float(chances[: reach - observed + 1].sum() + chances[reach + observed :].sum())
    return min(1.0, tails)


def sign_flip(differences: Sequence[float], seed: int = SEED) -> float:
    """Return the same for differences of any size.

    Halves and whole numbers, as judges give them, are flipped in all ways. For others, 9,999 seeded
    combinations of signs are drawn.
    """
    doubled = [2 * difference for difference in differences]
    whole = all(value.is_integer() for value in map(float, doubled))
    if whole and sum(map(abs, doubled)) <= _EXACT_REACH:
        return sign_flip_exact(doubled)
    return _drawn_flips(differences, seed)


def _drawn_flips(differences: Sequence[float], seed: int) -> float:
    import numpy as np

    values = np.abs(np.asarray(differences, dtype=float))
    values = values[values > 0]
    observed = abs(math.fsum(differences))
    generator = np.random.default_rng(seed)
    extreme = 0
    for flips in _chunks(_FLIPS, len(values)):
        width = (len(values) + 7) // 8
        drawn = generator.integers(0, 256, size=(flips, width), dtype=np.uint8)
        bits = np.unpackbits(drawn, axis=1)[:, : len(values)]
        totals = 2 * (bits.astype(float) @ values) - values.sum()
        extreme += int((np.abs(totals) >= observed * (1 - 1e-9)).sum())
    return (1 + extreme) / (1 + _FLIPS)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values, adjusted for several tests (Holm 1979), in their order."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def bootstrap_interval(
    clusters: Clusters,
    *,
    scale: tuple[float, float] | None = None,
    seed: int = SEED,
    resamples: int = _RESAMPLES,
) -> tuple[float, float] | None:
    """Return the 95 % percentile bootstrap interval of the mean; clusters are drawn whole.

    The percentiles are widened as t intervals are against normal ones (Hesterberg 2015, The
    American Statistician 69:371); without that, 30 cases are covered too rarely. If all values are
    equal there is nothing to draw. Then `scale`, the least and the greatest possible value, bounds
    the mean; without it the interval is None.
    """
    import numpy as np

    count = len(clusters.sizes)
    if clusters.all_equal:
        return _interval_of_equals(clusters.mean, count, scale) if scale and count else None
    means = _resampled_means(clusters, np.random.default_rng(seed), resamples)
    tail = percentile_tail(count)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def bounded_mean_interval(
    clusters: Clusters, scale: tuple[float, float], *, seed: int = SEED
) -> tuple[float, float]:
    """Return the 95 % interval of a mean whose values lie on `scale`.

    A Bayesian bootstrap (Rubin 1981, Annals of Statistics 9:130) over clusters, with half a cluster
    more at the end of the scale for each limit: the cases that were not seen. With whole ones the
    limit would be Gaffke's (2005), which is never too short and mostly too long. Where nearly all
    values are at an end, percentiles of the ordinary bootstrap cover as little as 82 %.
    """
    import numpy as np

    counted: dict[tuple[float, float], int] = {}
    for row in zip(clusters.sums, clusters.sizes, strict=True):
        counted[row] = counted.get(row, 0) + 1
    kinds, counts = np.array(list(counted), dtype=float), np.array(list(counted.values()))
    generator = np.random.default_rng(seed)
    # The weights of equal clusters add up to a gamma variate of their number.
    parts = [
        generator.gamma(counts, size=(rows, len(counts))) @ kinds
        for rows in _chunks(_RESAMPLES, len(counts))
    ]
    sums, sizes = np.concatenate(parts).T
    unseen = generator.gamma(0.5, size=_RESAMPLES) * clusters.pairs / len(clusters.sizes)
    tail = (1 - _CONFIDENCE) / 2
    low = np.quantile((sums + unseen * scale[0]) / (sizes + unseen), tail)
    high = np.quantile((sums + unseen * scale[1]) / (sizes + unseen), 1 - tail)
    # Rounding may put the ends just off the scale, or the mean just outside.
    return (
        max(scale[0], min(float(low), clusters.mean)),
        min(scale[1], max(float(high), clusters.mean)),
    )


def percentile_tail(count: int) -> float:
    """Return the share of resamples to cut off at each end, for at least 2 cases."""
    from scipy.special import ndtr, stdtrit

    t = stdtrit(count - 1, 0.5 + _CONFIDENCE / 2)
    return float(ndtr(-math.sqrt(count / (count - 1)) * t))


def _interval_of_equals(
    value: float, count: int, scale: tuple[float, float]
) -> tuple[float, float]:
    """Return how far the mean can be off if all `count` cases have that value.

    At most 1 − .025^(1/count) of all cases have another value (Clopper and Pearson 1934, Biometrika
    26:404), at worst one at an end of the scale.
    """
    others = 1 - ((1 - _CONFIDENCE) / 2) ** (1 / count)
    return value - others * (value - scale[0]), value + others * (scale[1] - value)


def _resampled_means(clusters: Clusters, generator: Any, resamples: int) -> "Floats":
    """Return the means of the resamples: the same for a seed, and negated for negated sums."""
    counted: dict[tuple[float, float], int] = {}
    for row in zip(clusters.sums, clusters.sizes, strict=True):
        counted[row] = counted.get(row, 0) + 1
    if len(counted) < len(clusters.sizes) / 8:
        return _drawn_by_kind(counted, generator, resamples)
    return _drawn_one_by_one(clusters, generator, resamples)


def _drawn_by_kind(
    counted: Mapping[tuple[float, float], int], generator: Any, resamples: int
) -> "Floats":
    """Draw how often each kind of equal clusters occurs: fast for scores with few values."""
    import numpy as np

    count = sum(counted.values())
    chances = np.array(list(counted.values())) / count
    kinds = np.array(list(counted), dtype=float)
    drawn = generator.multinomial(count, chances, size=resamples) @ kinds
    return np.asarray(drawn[:, 0] / drawn[:, 1])


def _drawn_one_by_one(clusters: Clusters, generator: Any, resamples: int) -> "Floats":
    import numpy as np

    sums, sizes = np.array(clusters.sums), np.array(clusters.sizes)
    parts = []
    for rows in _chunks(resamples, len(sizes)):
        drawn = generator.integers(0, len(sizes), size=(rows, len(sizes)), dtype=np.int32)
        parts.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(parts)


def _chunks(total: int, width: int) -> Iterable[int]:
    """Yield how many rows of that width to hold in memory, until `total` are done."""
    step = max(1, _CELLS_AT_ONCE // max(1, width))
    for start in range(0, total, step):
        yield min(step, total - start)
