"""The noise floor: how far equal requests differ, at temperature 0 and under load."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import msgspec

from stack_tui.reports.measures.pairing import SamplePair, outcome_missing
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.sample_intervals import Interval, mean_interval, rate_interval
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView

_Z = NormalDist().inv_cdf(0.975)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A number of cases out of all, and the 95 % interval of the share."""

    count: int
    of: int
    interval: Interval | None


class NoiseDifference(msgspec.Struct, frozen=True, kw_only=True):
    """The mean distance of a score's two values; `floor` is as for the pass rate."""

    cases: int
    mean: float
    interval: Interval | None
    floor: float


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """What two equal requests per case show."""

    cases: int
    """Cases with an outcome both times."""
    set_apart: int
    """Cases without."""
    outputs: Count
    flips: Count
    judge_alone: Count
    rule: NoiseDifference | None
    judge: NoiseDifference | None
    floor: float | None
    """Pass rates of equal runs differ by less than this in about 93 of 100 pairs of runs."""
    floor_at_most: float | None
    """The same if flips are as frequent as their interval allows."""
    differing: tuple[str, ...]

    def floor_of(self, pairs: int) -> tuple[float, bool] | None:
        """Return the floor of pass rates over that many pairs, and whether it is an upper bound.

        More cases and more repeats lower it. If no case flipped, it is what the flips' interval
        allows.
        """
        if not self.flips.of or self.flips.interval is None:
            return None
        if self.flips.count:
            return _floor(self.flips.count / self.flips.of, pairs), False
        return _floor(self.flips.interval[1], pairs), True


def noise_of(view: RunView) -> Noise | None:
    """Return the noise that the run measured, None if it measures something else."""
    if not view.spec.noise:
        return None
    pairs, set_apart = _pairs(view)
    graded = [pair for pair in pairs if None not in (pair.a.passed, pair.b.passed)]
    flips = _count(graded, lambda pair: pair.a.passed != pair.b.passed)
    same = [pair for pair in pairs if not _other_output(pair) and _judged(pair)]
    return Noise(
        cases=len(pairs),
        set_apart=set_apart,
        outputs=_count(pairs, _other_output),
        flips=flips,
        judge_alone=_count(same, lambda pair: pair.a.judge_score != pair.b.judge_score),
        rule=_apart(pairs, lambda sample: sample.rule_score, 1.0),
        judge=_apart(pairs, lambda sample: sample.judge_score, 4.0),
        floor=_floor(flips.count / flips.of, flips.of) if flips.of else None,
        floor_at_most=_floor(flips.interval[1], flips.of) if flips.interval else None,
        differing=tuple(pair.a.id for pair in pairs if _other_output(pair)),
    )


def _pairs(view: RunView) -> tuple[list[SamplePair], int]:
    """Return the pairs of outcomes, and how many cases lack one."""
    cases: dict[tuple[str, str], list[Sample]] = {}
    for sample in in_order(view.open_samples):
        cases.setdefault((sample.task, sample.id), []).append(sample)
    pairs = [
        SamplePair(case[0], case[1])
        for case in cases.values()
        if len(case) > 1 and not (outcome_missing(case[0]) or outcome_missing(case[1]))
    ]
    return pairs, len(cases) - len(pairs)


def _other_output(pair: SamplePair) -> bool:
    return pair.a.output != pair.b.output


def _judged(pair: SamplePair) -> bool:
    return None not in (pair.a.judge_score, pair.b.judge_score)


def _count(pairs: Sequence[SamplePair], test: Callable[[SamplePair], bool]) -> Count:
    met = [test(pair) for pair in pairs]
    interval = rate_interval(met, [pair.case for pair in pairs])
    return Count(count=sum(met), of=len(met), interval=interval)


def _apart(
    pairs: Sequence[SamplePair], score: Callable[[Sample], float | None], width: float
) -> NoiseDifference | None:
    scored = [(pair.case, score(pair.a), score(pair.b)) for pair in pairs]
    found = [(case, abs(a - b)) for case, a, b in scored if a is not None and b is not None]
    if not found:
        return None
    distances = [distance for _, distance in found]
    return NoiseDifference(
        cases=len(found),
        mean=math.fsum(distances) / len(found),
        interval=mean_interval(distances, [case for case, _ in found], (0.0, width)),
        floor=_floor(math.fsum(d * d for d in distances) / len(found), len(found)),
    )


def _floor(mean_square: float, cases: int) -> float:
    """Return 1.96 standard errors of a mean of differences that are symmetric around 0."""
    return _Z * math.sqrt(mean_square / cases)
