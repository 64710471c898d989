"""The bootstrap interval of any figure computed from sums over cases."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stack_tui.reports.stats.paired import SEED, percentile_tail
from stack_tui.wilson import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RESAMPLES = 2000
_CELLS_AT_ONCE = 4_000_000


def resampled_interval(
    table: "NDArray[Any]", figure: Callable[["NDArray[Any]"], "NDArray[Any]"], seed: int = SEED
) -> Interval | None:
    """Return the seeded 95 % interval of `figure`, which maps rows of summed cases to values.

    `table` has one row per case. Values that are nan are left out. Return None if most are nan, or
    if all resamples give the same value.
    """
    import numpy as np

    cases = len(table)
    if cases < 2:
        return None
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // cases)
    parts = []
    for start in range(0, _RESAMPLES, step):
        size = min(step, _RESAMPLES - start)
        drawn = generator.multinomial(cases, [1 / cases] * cases, size=size)
        parts.append(figure(drawn @ table))
    values = np.concatenate(parts)
    values = values[~np.isnan(values)]
    if len(values) < _RESAMPLES / 2 or np.ptp(values) < 1e-12:
        return None
    tail = percentile_tail(cases)
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
