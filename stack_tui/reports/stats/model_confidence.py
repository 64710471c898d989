"""How well a model's confidence in its choices fits how often it is right."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, pstdev, variance

from stack_tui.reports.stats.paired import SEED
from stack_tui.reports.stats.sample_intervals import wilson_interval
from stack_tui.wilson import Interval

# No numpy here: the app shows these figures at its start, and importing that takes 0.2 s.
BINS = 10
_GROUPS = 50
_DRAWS = 1000
_Z = 1.959964


@dataclass(frozen=True)
class ConfidenceBin:
    """Documents of like confidence: what the model claimed of them, and what became of it."""

    documents: int
    confidence: float
    accuracy: float
    interval: Interval | None
    lowest: float
    highest: float


@dataclass(frozen=True)
class CalibrationError:
    """The expected calibration error, and what a perfectly calibrated model would show of it."""

    value: float
    interval: Interval
    by_chance: float
    """In 19 of 20 runs of this size a perfectly calibrated model stays below it."""


def confidence_bins(confidence: Sequence[float], correct: Sequence[bool]) -> list[ConfidenceBin]:
    """Return the documents in ten bins of equal size, by rising confidence."""
    found = []
    for places in _bins(confidence):
        if not places:
            continue
        hits = sum(correct[place] for place in places)
        found.append(
            ConfidenceBin(
                documents=len(places),
                confidence=fmean(confidence[place] for place in places),
                accuracy=hits / len(places),
                interval=wilson_interval(hits, len(places)),
                lowest=confidence[places[0]],
                highest=confidence[places[-1]],
            )
        )
    return found


def calibration_error(confidence: Sequence[float], correct: Sequence[bool]) -> CalibrationError:
    """Return the expected calibration error over ten bins of equal size (Guo et al. 2017).

    It is above 0 for every finite sample, so the interval (delete-a-group jackknife) reaches down
    to 0 as long as a perfectly calibrated model would show as much in more than one of 20 runs.
    """
    count = len(confidence)
    groups = min(_GROUPS, count)
    order = list(range(count))
    Random(SEED).shuffle(order)  # noqa: S311 - groups of documents, no secret
    group_of = {place: n % groups for n, place in enumerate(order)}
    gaps = [[0.0] * groups for _ in range(BINS)]
    spreads = []
    for by_group, places in zip(gaps, _bins(confidence), strict=True):
        for place in places:
            by_group[group_of[place]] += correct[place] - confidence[place]
        chance = math.fsum(confidence[place] * (1 - confidence[place]) for place in places)
        spreads.append(math.sqrt(chance) / count)
    whole = [math.fsum(by_group) for by_group in gaps]
    value = math.fsum(map(abs, whole)) / count
    sizes = [len(range(n, count, groups)) for n in range(groups)]
    without = [
        math.fsum(abs(total - by_group[n]) for total, by_group in zip(whole, gaps, strict=True))
        / (count - sizes[n])
        for n in range(groups)
    ]
    error = pstdev(without) * math.sqrt(groups - 1)
    by_chance = _largest_by_chance(spreads)
    low = 0.0 if value <= by_chance else max(0.0, value - _Z * error)
    return CalibrationError(value, (low, min(1.0, value + _Z * error)), by_chance)


def _largest_by_chance(spreads: Sequence[float]) -> float:
    """Return what the sum of the bins' chance gaps stays below in 19 of 20 draws."""
    generator = Random(SEED)  # noqa: S311 - a simulation, no secret
    sums = [math.fsum(abs(generator.gauss(0, spread)) for spread in spreads) for _ in range(_DRAWS)]
    return sorted(sums)[int(0.95 * _DRAWS)]


def auroc(confidence: Sequence[float], correct: Sequence[bool]) -> tuple[float, Interval] | None:
    """Return the chance that a right choice is held more surely than a wrong one.

    The interval is that of DeLong et al. 1988, on the logit scale. Return None with fewer than two
    right or two wrong choices.
    """
    hits = sorted(c for c, right in zip(confidence, correct, strict=True) if right)
    misses = sorted(c for c, right in zip(confidence, correct, strict=True) if not right)
    if min(len(hits), len(misses)) < 2:
        return None
    above = [_share_below(misses, hit) for hit in hits]
    below = [1 - _share_below(hits, miss) for miss in misses]
    value = fmean(above)
    if not 0 < value < 1:
        return value, (min(value, 0.5), max(value, 0.5))
    spread = math.sqrt(variance(above) / len(hits) + variance(below) / len(misses))
    reach = _Z * spread / (value * (1 - value))
    middle = math.log(value / (1 - value))
    return value, (_logistic(middle - reach), _logistic(middle + reach))


def _share_below(ordered: Sequence[float], value: float) -> float:
    """Return the share of the sorted values that lie below `value`, equal ones counted half."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / (2 * len(ordered))


def accuracy_at_coverage(
    confidence: Sequence[float], correct: Sequence[bool], coverage: float
) -> tuple[float, Interval | None]:
    """Return the accuracy on the most confident share of the documents, with Wilson's interval."""
    kept = max(1, round(coverage * len(confidence)))
    surest = sorted(range(len(confidence)), key=confidence.__getitem__, reverse=True)[:kept]
    hits = sum(correct[place] for place in surest)
    return hits / kept, wilson_interval(hits, kept)


def _bins(confidence: Sequence[float]) -> list[list[int]]:
    """Return the places of the documents in ten bins of equal size, by rising confidence."""
    order = sorted(range(len(confidence)), key=confidence.__getitem__)
    bins: list[list[int]] = [[] for _ in range(BINS)]
    for rank, place in enumerate(order):
        bins[rank * BINS // len(order)].append(place)
    return bins


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
