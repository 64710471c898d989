"""A run's pass rate over its samples: the points of the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stack_tui.runs.events import Sample
from stack_tui.wilson import wilson_interval

POINTS = 160


@dataclass(frozen=True, slots=True)
class Point:
    """The pass rate of the first `done` samples, and its 95 % interval."""

    done: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PassRateHistory:
    """The points so far of a run with `planned` samples."""

    planned: int = 0
    points: tuple[Point, ...] = ()

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of all but the first quarter of the rates, in steps of a twentieth.

        They seldom change during a run, so the plot between them seldom moves.
        """
        settled = self.points[len(self.points) // 4 :]
        low = min((point.low for point in settled), default=0.0)
        high = max((point.high for point in settled), default=1.0)
        return max(0.0, int(low * 20) / 20), min(1.0, -int(-high * 20 // 1) / 20)


def pass_rate_history(samples: Sequence[Sample], planned: int) -> PassRateHistory:
    """Return the history of the samples, in the order in which they arrived.

    Points are at fixed shares of `planned`, so that earlier points never move. The repeats of a
    case are one cluster, as in the run's own interval.
    """
    planned = max(planned, len(samples))
    marks = {planned * place // POINTS for place in range(1, POINTS + 1)} | {len(samples)}
    repeated = len({sample.counted_as for sample in samples}) < len(samples)
    points = []
    passed: list[bool] = []
    cases: list[tuple[str, str, bool]] = []
    for done, sample in enumerate(samples, 1):
        if sample.passed is not None:
            passed.append(sample.passed)
            cases.append(sample.counted_as)
        if done in marks and passed:
            points.append(_point(done, passed, cases if repeated else None))
    return PassRateHistory(planned, tuple(points))


def _point(done: int, passed: list[bool], cases: list[tuple[str, str, bool]] | None) -> Point:
    count = sum(passed)
    if cases is None:
        bounds = wilson_interval(count, len(passed))
    else:
        from stack_tui.reports.stats.sample_intervals import rate_interval

        bounds = rate_interval(passed, cases)
    rate = count / len(passed)
    low, high = bounds or (0.0, 1.0)
    return Point(
        done, rate, min(low, rate), max(high, rate)
    )  # rounding may put the rate just outside
