"""What several judges' scores come to."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence

from stack_tui.config.decode import PanelMethod

_DIGITS = 9


def weighted(weights: Sequence[float], scores: Sequence[float]) -> float:
    """Return the weighted mean, rounded: 0.1 and 0.2 as weights must not make a 4 a 3.999…"""
    total = math.fsum(w * s for w, s in zip(weights, scores, strict=True))
    return round(total / math.fsum(weights), _DIGITS)


def combined(scores: Sequence[float], panel: PanelMethod) -> tuple[float | None, bool]:
    """Return the panel's score, None without any, and whether a majority was wanted and is lacking.

    A majority is the whole point, halves rounded up, that more judges gave than any other; where
    there is none, the median stands in for it.
    """
    if not scores:
        return None, False
    if panel == "mean":
        return round(statistics.fmean(scores), _DIGITS), False
    if panel == "majority":
        first, *others = Counter(math.floor(score + 0.5) for score in scores).most_common(2)
        if not others or first[1] > others[0][1]:
            return float(first[0]), False
    return round(statistics.median(scores), _DIGITS), panel == "majority"
