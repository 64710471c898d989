"""How well a model's confidence in its choices fits how often it is right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack_tui.reports.stats.paired import SEED
from stack_tui.reports.stats.sample_intervals import wilson_interval
from stack_tui.reports.stats.spearman import mean_ranks
from stack_tui.wilson import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
_GROUPS = 50
_DRAWS = 4000
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
    import numpy as np

    sure, right = np.asarray(confidence, float), np.asarray(correct, float)
    places = _bins_of(sure)
    found = []
    for place in range(BINS):
        inside = places == place
        if not (count := int(inside.sum())):
            continue
        hits = float(right[inside].sum())
        found.append(
            ConfidenceBin(
                documents=count,
                confidence=float(sure[inside].mean()),
                accuracy=hits / count,
                interval=wilson_interval(hits, count),
                lowest=float(sure[inside].min()),
                highest=float(sure[inside].max()),
            )
        )
    return found


def calibration_error(confidence: Sequence[float], correct: Sequence[bool]) -> CalibrationError:
    """Return the expected calibration error over ten bins of equal size (Guo et al. 2017).

    It is above 0 for every finite sample, so the interval (delete-a-group jackknife) reaches down
    to 0 as long as a perfectly calibrated model would show as much in more than one of 20 runs.
    """
    import numpy as np

    sure, right = np.asarray(confidence, float), np.asarray(correct, float)
    places, count = _bins_of(sure), len(sure)
    generator = np.random.default_rng(SEED)
    groups = min(_GROUPS, count)
    table = np.zeros((groups, BINS))
    np.add.at(table, (generator.permutation(count) % groups, places), right - sure)
    sizes = np.bincount(np.arange(count) % groups, minlength=groups)
    whole = table.sum(axis=0)
    value = float(np.abs(whole).sum() / count)
    without = np.abs(whole - table).sum(axis=1) / (count - sizes)
    error = math.sqrt((groups - 1) / groups * float(((without - without.mean()) ** 2).sum()))
    spread = np.sqrt(np.bincount(places, weights=sure * (1 - sure), minlength=BINS)) / count
    chance = np.abs(generator.normal(size=(_DRAWS, BINS)) * spread).sum(axis=1)
    by_chance = float(np.quantile(chance, 0.95))
    low = 0.0 if value <= by_chance else max(0.0, value - _Z * error)
    return CalibrationError(value, (low, min(1.0, value + _Z * error)), by_chance)


def auroc(confidence: Sequence[float], correct: Sequence[bool]) -> tuple[float, Interval] | None:
    """Return the chance that a right choice is held more surely than a wrong one.

    The interval is that of DeLong et al. 1988, on the logit scale. Return None with fewer than two
    right or two wrong choices.
    """
    import numpy as np

    sure, right = np.asarray(confidence, float), np.asarray(correct, bool)
    hits, misses = sure[right], sure[~right]
    if min(len(hits), len(misses)) < 2:
        return None
    ranks = mean_ranks(sure)
    above = (ranks[right] - mean_ranks(hits)) / len(misses)
    below = 1 - (ranks[~right] - mean_ranks(misses)) / len(hits)
    value = float(above.mean())
    variance = float(above.var(ddof=1) / len(hits) + below.var(ddof=1) / len(misses))
    if not 0 < value < 1:
        return value, (min(value, 0.5), max(value, 0.5))
    reach = _Z * math.sqrt(variance) / (value * (1 - value))
    middle = math.log(value / (1 - value))
    return value, (_logistic(middle - reach), _logistic(middle + reach))


def accuracy_at_coverage(
    confidence: Sequence[float], correct: Sequence[bool], coverage: float
) -> tuple[float, Interval | None]:
    """Return the accuracy on the most confident share of the documents, with Wilson's interval."""
    import numpy as np

    kept = max(1, round(coverage * len(confidence)))
    surest = np.argsort(np.asarray(confidence, float), kind="stable")[::-1][:kept]
    hits = float(np.asarray(correct, float)[surest].sum())
    return hits / kept, wilson_interval(hits, kept)


def _bins_of(confidence: "NDArray[Any]") -> "NDArray[Any]":
    """Return each document's bin, 0 to 9, by the rank of its confidence."""
    import numpy as np

    places = np.empty(len(confidence), int)
    order = np.argsort(confidence, kind="stable")
    places[order] = np.arange(len(confidence)) * BINS // len(confidence)
    return places


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
