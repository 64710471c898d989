"""Combine the scores of several judges or criteria into one."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence

from stack_tui.config.decode import PanelMethod

_DIGITS = 9


def weighted_mean(weights: Sequence[float], scores: Sequence[float]) -> float:
    """Return the weighted mean, rounded so that weights of 0.1 and 0.2 keep a 4 from being 3.9…"""
    total = math.fsum(w * s for w, s in zip(weights, scores, strict=True))
    return round(total / math.fsum(weights), _DIGITS)


def combine_scores(scores: Sequence[float], panel: PanelMethod) -> tuple[float | None, bool]:
    """Return (the panel's score or None without scores, whether there is no majority).

    The majority is the integer score, halves rounded up, that more judges gave than any other. If
    there is none, the median replaces it.
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
