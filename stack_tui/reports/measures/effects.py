"""The differences between paired samples, measure by measure."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from stack_tui.reports.measures.pairing import SamplePair
from stack_tui.reports.stats.paired import (
    Clusters,
    bootstrap_interval,
    cluster,
    mcnemar_exact,
    rate_interval,
    sign_flip,
    sign_flip_exact,
)
from stack_tui.reports.stats.sample_intervals import unit_scale
from stack_tui.runs.events import Sample
from stack_tui.wilson import Interval

RATE = "pass rate"
JUDGE_SCORE = "judge score"
RULE_SCORE = "rule score"
LEVEL = 0.05
_SCALES = {RULE_SCORE: (-1.0, 1.0), JUDGE_SCORE: (-4.0, 4.0)}  # of differences
Verdict = Literal["better", "worse", "inconclusive"]


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The difference of b from a in one measure, over the pairs that have it in both runs."""

    measure: str
    pairs: int
    cases: int
    """Independent cases or clusters among the pairs."""
    a: float
    b: float
    """The mean of each run."""
    difference: float
    """b − a."""
    low: float | None
    high: float | None
    """The 95 % interval of the difference, None if the pairs do not show its spread."""
    test: str
    p: float
    higher: int
    lower: int
    """Pairs in which b is higher or lower."""
    deviation: float
    """The standard deviation of the cases' differences."""
    p_adjusted: float | None
    """p adjusted by Holm, if several tasks or temperatures are tested."""
    higher_is_better: bool = True
    """Whether a higher value of the measure is better; lm-eval's metrics say."""

    @property
    def verdict(self) -> Verdict:
        """Better or worse if both the test and the interval exclude no difference."""
        p = self.p if self.p_adjusted is None else self.p_adjusted
        low = self.difference if self.low is None else self.low
        high = self.difference if self.high is None else self.high
        if p > LEVEL or low <= 0 <= high:
            return "inconclusive"
        return "better" if (self.difference > 0) == self.higher_is_better else "worse"


MeasureValue = Callable[[Sample], float | None]


def effects(
    pairs: Sequence[SamplePair], directions: Mapping[str, bool] = MappingProxyType({})
) -> tuple[Effect, ...]:
    """Return an effect for each measure that pairs have in both runs, the deciding one first.

    Metrics that only repeat whether samples passed are left out. `directions` are whether a higher
    value of a metric is better; of one that is missing it is.
    """
    measures: dict[str, MeasureValue] = {
        RATE: lambda sample: sample.passed,
        JUDGE_SCORE: lambda sample: sample.judge_score,
        RULE_SCORE: lambda sample: sample.rule_score,
    }
    found = [_effect(name, value, pairs) for name, value in measures.items()]
    names = dict.fromkeys(name for pair in pairs for name in pair.a.metrics)
    found += [
        _effect(name, _metric(name), pairs, higher_is_better=directions.get(name, True))
        for name in names
        if not all(_is_pass(name, pair.a) and _is_pass(name, pair.b) for pair in pairs)
    ]
    return tuple(effect for effect in found if effect)


def _metric(name: str) -> MeasureValue:
    return lambda sample: sample.metrics.get(name)


def _is_pass(name: str, sample: Sample) -> bool:
    return sample.passed is not None and sample.metrics.get(name) == float(sample.passed)


def _effect(
    measure: str,
    value: MeasureValue,
    pairs: Sequence[SamplePair],
    *,
    higher_is_better: bool = True,
) -> Effect | None:
    found = [(pair.case, value(pair.a), value(pair.b)) for pair in pairs]
    both = [(case, float(a), float(b)) for case, a, b in found if a is not None and b is not None]
    if not both:
        return None
    clusters = cluster((b - a for _, a, b in both), (case for case, _, _ in both))
    higher = sum(b > a for _, a, b in both)
    lower = sum(b < a for _, a, b in both)
    if measure == RATE:
        interval: tuple[float, float] | None = rate_interval(higher, lower, clusters)
        test, p = _rate_test(higher, lower, clusters)
    else:
        interval = bootstrap_interval(clusters, scale=_scale(measure, both))
        test, p = "sign flips", sign_flip(clusters.sums)
    low, high = interval or (None, None)
    return Effect(
        measure=measure,
        pairs=len(both),
        cases=len(clusters.sizes),
        a=math.fsum(a for _, a, _ in both) / len(both),
        b=math.fsum(b for _, _, b in both) / len(both),
        difference=clusters.mean,
        low=low,
        high=high,
        test=test,
        p=p,
        higher=higher,
        lower=lower,
        deviation=math.sqrt(clusters.variance_of_mean * len(clusters.sizes)),
        p_adjusted=None,
        higher_is_better=higher_is_better,
    )


def _scale(measure: str, both: Sequence[tuple[object, float, float]]) -> Interval | None:
    """Return the least and the greatest possible difference, None if they are not known."""
    if measure in _SCALES:
        return _SCALES[measure]
    return (-1.0, 1.0) if unit_scale([value for _, *values in both for value in values]) else None


def _rate_test(higher: int, lower: int, clusters: Clusters) -> tuple[str, float]:
    if clusters.repeated:
        return "exact sign flips of cases", sign_flip_exact(clusters.sums)
    return "exact McNemar", mcnemar_exact(higher, lower)


def format_difference(effect: Effect) -> str:
    """Return the difference with its 95 % interval, in points for a rate."""
    rate = effect.measure == RATE
    scale, digits = (100, 1) if rate else (1, 2)
    unit = " points" if rate else ""
    shown = f"{scale * effect.difference:+z.{digits}f}{unit}"
    if effect.low is None or effect.high is None:
        return f"{shown} [no interval]"
    return f"{shown} [{scale * effect.low:+z.{digits}f}, {scale * effect.high:+z.{digits}f}]"


def describe_verdict(verdict: Verdict, a: str = "a", b: str = "b", by: str | None = None) -> str:
    """Return the verdict on run `b` in words, with the measure that it goes by."""
    decided = f" (by {by})" if by else ""
    if verdict == "inconclusive":
        return f"inconclusive{decided}: {b} may be better or worse than {a}, or like it"
    return f"{b} is {verdict} than {a}{decided}"
