"""The differences between paired samples, measure by measure."""

import math
import operator
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

import msgspec

from stack_tui.reports.measures.pairing import SamplePair
from stack_tui.reports.number_format import needed_digits
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
from stack_tui.reports.stats.unconditional import MOST_PAIRS, unconditional_exact
from stack_tui.runs.events import Sample
from stack_tui.runs.status_words import UNANSWERED
from stack_tui.wilson import Interval

RATE = "pass rate"
JUDGE_SCORE = "judge score"
RULE_SCORE = "rule score"
LEVEL = 0.05
DECIDING = (RATE, JUDGE_SCORE, RULE_SCORE)
_SCALES = {RULE_SCORE: (-1.0, 1.0), JUDGE_SCORE: (-4.0, 4.0)}  # of differences
RULE_RATE = "rule pass rate"
RATES = (RATE, RULE_RATE)
Verdict = Literal["better", "worse", "equivalent", "mixed", "inconclusive", "not final"]


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
    def gain(self) -> tuple[float, float] | None:
        """The interval of how much better b is, below 0 where it is worse."""
        if self.low is None or self.high is None:
            return None
        return (self.low, self.high) if self.higher_is_better else (-self.high, -self.low)

    @property
    def in_points(self) -> bool:
        """Whether it is a rate, and so told in points."""
        return self.measure in RATES

    def within(self, margin: float) -> bool:
        """Return whether the whole interval is nearer to no difference than `margin`."""
        return self.gain is not None and -margin < self.gain[0] <= self.gain[1] < margin

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
ClusterName = Callable[[SamplePair], Hashable]


def value_of(measure: str) -> MeasureValue:
    """Return what a sample has in the measure, which may be one of lm-eval's metrics."""
    match measure:
        case "pass rate":
            return lambda sample: sample.passed
        case "judge score":
            return lambda sample: sample.judge_score
        case "rule score":
            return lambda sample: sample.rule_score
        case "rule pass rate":
            return passes_rules
    return lambda sample: sample.metrics.get(measure)


def passes_rules(sample: Sample) -> bool | None:
    """Return whether the sample passes by its rules alone, None if it has no rule score."""
    if not sample.verdicts:
        return sample.passed
    if sample.rules_met is None:
        return None
    answered = sample.status not in UNANSWERED and not sample.truncated_while_thinking
    return answered and sample.rules_met


def effects(
    pairs: Sequence[SamplePair], directions: Mapping[str, bool] = MappingProxyType({})
) -> tuple[Effect, ...]:
    """Return an effect for each measure that pairs have in both runs, the deciding one first.

    Metrics that only repeat whether samples passed are left out. `directions` are whether a higher
    value of a metric is better; of one that is missing it is.
    """
    names = dict.fromkeys(name for pair in pairs for name in pair.a.metrics)
    measures = [
        name
        for name in names
        if not all(_is_pass(name, pair.a) and _is_pass(name, pair.b) for pair in pairs)
    ]
    found = [
        effect_of(name, value_of(name), pairs, higher_is_better=directions.get(name, True))
        for name in (RATE, JUDGE_SCORE, RULE_SCORE, *measures)
    ]
    return tuple(effect for effect in found if effect)


def _is_pass(name: str, sample: Sample) -> bool:
    return sample.passed is not None and sample.metrics.get(name) == float(sample.passed)


def effect_of(
    measure: str,
    value: MeasureValue,
    pairs: Sequence[SamplePair],
    *,
    higher_is_better: bool = True,
    equal_tasks: bool = False,
    cluster_of: ClusterName = attrgetter("case"),
) -> Effect | None:
    """Return the effect of b in one measure, None if no pair has it in both runs.

    With `equal_tasks` all tasks weigh the same, whatever their numbers of pairs. `cluster_of` names
    what a pair counts with as one.
    """
    found = [(pair, value(pair.a), value(pair.b)) for pair in pairs]
    both = [(pair, float(a), float(b)) for pair, a, b in found if a is not None and b is not None]
    if not both:
        return None
    weights = _task_weights([pair.a.task for pair, _, _ in both]) if equal_tasks else None
    clusters = cluster((b - a for _, a, b in both), (cluster_of(p) for p, _, _ in both), weights)
    higher = sum(b > a for _, a, b in both)
    lower = sum(b < a for _, a, b in both)
    if measure in RATES and not weights:
        interval: tuple[float, float] | None = rate_interval(higher, lower, clusters)
        test, p = _rate_test(higher, lower, clusters)
    else:
        interval = bootstrap_interval(clusters, scale=_scale(measure, [ab for _, *ab in both]))
        test, p = "sign flips", sign_flip(clusters.sums)
    low, high = interval or (None, None)
    return Effect(
        measure=measure,
        pairs=len(both),
        cases=len(clusters.sizes),
        a=_mean([a for _, a, _ in both], weights),
        b=_mean([b for _, _, b in both], weights),
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


def _task_weights(tasks: Sequence[str]) -> list[float]:
    """Return each pair's weight, so that tasks weigh the same and weights are 1 on average."""
    sizes = Counter(tasks)
    return [len(tasks) / (len(sizes) * sizes[task]) for task in tasks]


def _mean(values: Sequence[float], weights: Sequence[float] | None) -> float:
    weighted = map(operator.mul, values, weights) if weights else values
    return math.fsum(weighted) / len(values)


def _scale(measure: str, both: Sequence[Sequence[float]]) -> Interval | None:
    """Return the least and the greatest possible difference, None if they are not known."""
    if measure in _SCALES:
        return _SCALES[measure]
    return (-1.0, 1.0) if unit_scale([value for values in both for value in values]) else None


def _rate_test(higher: int, lower: int, clusters: Clusters) -> tuple[str, float]:
    if clusters.repeated:
        return "exact sign flips of cases", sign_flip_exact(clusters.sums)
    if clusters.pairs <= MOST_PAIRS:
        return "exact unconditional", unconditional_exact(higher, lower, round(clusters.pairs))
    return "exact McNemar", mcnemar_exact(higher, lower)


def format_difference(effect: Effect) -> str:
    """Return the difference with its 95 % interval, in points for a rate."""
    scale, digits = _precision(effect)
    unit = " points" if effect.in_points else ""
    shown = f"{scale * effect.difference:+z.{digits}f}{unit}"
    if effect.low is None or effect.high is None:
        return f"{shown} [no interval]"
    return f"{shown} [{scale * effect.low:+z.{digits}f}, {scale * effect.high:+z.{digits}f}]"


def format_amount(value: float, effect: Effect) -> str:
    """Return a difference without its sign, as precise as the effect's own."""
    scale, digits = _precision(effect)
    unit = " points" if effect.in_points else ""
    return f"{scale * value:z.{digits}f}{unit}"


def format_mean(value: float, effect: Effect) -> str:
    """Return a run's mean, as precise as the difference: in percent for a rate."""
    scale, digits = _precision(effect)
    return f"{scale * value:.{digits}f}{'%' if effect.in_points else ''}"


def _precision(effect: Effect) -> tuple[int, int]:
    """Return the factor and the digits to show: as many as the interval needs."""
    scale, least = (100, 1) if effect.in_points else (1, 2)
    width = 0.0 if effect.low is None or effect.high is None else effect.high - effect.low
    return scale, needed_digits(scale * width, least)


def describe_verdict(verdict: Verdict, a: str = "a", b: str = "b", by: str | None = None) -> str:
    """Return the verdict on run `b` in words, with the measure that it goes by."""
    decided = f" (by {by})" if by else ""
    match verdict:
        case "inconclusive":
            return f"inconclusive{decided}: {b} may be better or worse than {a}, or like it"
        case "not final":
            return "not final: a run has not ended, and a verdict now would be a matter of chance"
        case "equivalent":
            return f"{b} is equivalent to {a}{decided}"
        case "mixed":
            return f"mixed{decided}: {b} is better than {a} in one benchmark and worse in another"
    return f"{b} is {verdict} than {a}{decided}"
