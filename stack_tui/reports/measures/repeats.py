"""What the repeats of a case show: pass@k, all of k, spread, and flaky cases."""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from statistics import fmean, stdev

import msgspec

from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.sample_intervals import (
    Interval,
    mean_interval,
    rate_interval,
)
from stack_tui.runs.events import Sample

CaseRepeats = Sequence[Sample]


class AtK(msgspec.Struct, frozen=True, kw_only=True):
    """The chance that any of k repeats passes, and that all do, over cases with k outcomes.

    `any_passes` is pass@k (Chen et al. 2021, arXiv 2107.03374), `all_pass` is pass^k (Yao et al.
    2024, arXiv 2406.12045); for k = 1 both are the mean.
    """

    k: int
    cases: int
    any_passes: float
    any_interval: Interval | None
    all_pass: float
    all_interval: Interval | None


class ScoreSpread(msgspec.Struct, frozen=True, kw_only=True):
    """The mean standard deviation of a score within a case, over cases with several scores."""

    cases: int
    deviation: float
    interval: Interval | None


class CaseSpread(msgspec.Struct, frozen=True, kw_only=True):
    """One case's repeats."""

    task: str
    id: str
    outcomes: int
    """Repeats that passed or failed."""
    passed: int
    rule: Interval | None
    judge: Interval | None
    """The lowest and the highest of its scores."""
    flaky: bool
    """Whether some repeats pass and some fail."""

    @property
    def varies(self) -> bool:
        """Whether its repeats differ in any score."""
        return self.flaky or any(span and span[0] < span[1] for span in (self.rule, self.judge))

    @property
    def imbalance(self) -> float:
        """The distance from passing in half of its repeats, 0 to 0.5."""
        return abs(self.passed / self.outcomes - 0.5) if self.outcomes else 0.5


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """What the repeats show; `flaky_rate` is over the cases with several outcomes."""

    at: tuple[AtK, ...]
    flaky: int
    flaky_rate: float | None
    flaky_interval: Interval | None
    rule_spread: ScoreSpread | None
    judge_spread: ScoreSpread | None
    cases: tuple[CaseSpread, ...]


def repeats_of(samples: Iterable[Sample]) -> Repeats | None:
    """Return what the repeats at one temperature show, None if no case has several.

    Errors and unscored outputs are not outcomes.
    """
    cases = _by_case(samples)
    if all(len(case) < 2 for case in cases):
        return None
    spreads = [_case_spread(case) for case in cases]
    several = [
        (spread.flaky, case[0].counted_as)
        for spread, case in zip(spreads, cases, strict=True)
        if spread.outcomes > 1
    ]
    flaky = sum(met for met, _ in several)
    return Repeats(
        at=tuple(_at(cases, k) for k in _ks(max(spread.outcomes for spread in spreads))),
        flaky=flaky,
        flaky_rate=flaky / len(several) if several else None,
        flaky_interval=rate_interval([met for met, _ in several], [case for _, case in several]),
        rule_spread=_spread(cases, _rule, 1.0),
        judge_spread=_spread(cases, _judge, 4.0),
        cases=tuple(spreads),
    )


def figures_at_k(samples: Iterable[Sample]) -> dict[str, tuple[float, Interval | None]]:
    """Return pass_at_2, all_of_2 and so on, and `flaky_rate`, each with its interval.

    With several temperatures the names say which, such as t0.7.pass_at_2.
    """
    groups: dict[float | None, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.temperature, []).append(sample)
    found: dict[str, tuple[float, Interval | None]] = {}
    for temperature, group in groups.items():
        ahead = "" if temperature is None else f"t{temperature:g}."
        if repeats := repeats_of(group):
            for at in repeats.at[1:]:
                found[f"{ahead}pass_at_{at.k}"] = at.any_passes, at.any_interval
                found[f"{ahead}all_of_{at.k}"] = at.all_pass, at.all_interval
            if repeats.flaky_rate is not None:
                found[f"{ahead}flaky_rate"] = repeats.flaky_rate, repeats.flaky_interval
    return found


def pass_at_k(outcomes: int, passed: int, k: int) -> float:
    """Return the share of choices of `k` outcomes in which any passed: an unbiased estimate."""
    choices = math.comb(outcomes, k)
    return (choices - math.comb(outcomes - passed, k)) / choices


def all_of_k(outcomes: int, passed: int, k: int) -> float:
    """Return the share of choices of `k` outcomes in which all passed: an unbiased estimate."""
    return math.comb(passed, k) / math.comb(outcomes, k)


def _rule(sample: Sample) -> float | None:
    return sample.rule_score


def _judge(sample: Sample) -> float | None:
    return sample.judge_score


def _by_case(samples: Iterable[Sample]) -> list[list[Sample]]:
    cases: dict[Hashable, list[Sample]] = {}
    for sample in in_order(samples):
        cases.setdefault((sample.task, sample.id), []).append(sample)
    return list(cases.values())


def _ks(most: int) -> list[int]:
    """Return 1, 2, 4, 8 … and the greatest number of outcomes of a case."""
    powers = (2**power for power in range(most.bit_length()))
    return sorted({*(k for k in powers if k < most), most} - {0})


def _outcomes(case: CaseRepeats) -> list[bool]:
    return [sample.passed for sample in case if sample.passed is not None]


def _at(cases: Sequence[CaseRepeats], k: int) -> AtK:
    rows = [(_outcomes(case), case[0].counted_as) for case in cases]
    rows = [(outcomes, counted) for outcomes, counted in rows if len(outcomes) >= k]
    counted = [name for _, name in rows]
    any_passes = [pass_at_k(len(outcomes), sum(outcomes), k) for outcomes, _ in rows]
    all_pass = [all_of_k(len(outcomes), sum(outcomes), k) for outcomes, _ in rows]
    return AtK(
        k=k,
        cases=len(rows),
        any_passes=fmean(any_passes),
        any_interval=mean_interval(any_passes, counted, (0.0, 1.0)),
        all_pass=fmean(all_pass),
        all_interval=mean_interval(all_pass, counted, (0.0, 1.0)),
    )


def _scores(case: CaseRepeats, score: Callable[[Sample], float | None]) -> list[float]:
    return [found for sample in case if (found := score(sample)) is not None]


def _spread(
    cases: Sequence[CaseRepeats], score: Callable[[Sample], float | None], width: float
) -> ScoreSpread | None:
    """Return the spread of a score whose scale has that width."""
    rows = [
        (scores, case[0].counted_as) for case in cases if len(scores := _scores(case, score)) > 1
    ]
    if not rows:
        return None
    deviations = [stdev(scores) for scores, _ in rows]
    greatest = width / math.sqrt(2)  # of two scores at the ends of the scale
    return ScoreSpread(
        cases=len(rows),
        deviation=fmean(deviations),
        interval=mean_interval(deviations, [name for _, name in rows], (0.0, greatest)),
    )


def _case_spread(case: CaseRepeats) -> CaseSpread:
    outcomes = _outcomes(case)
    rules, judged = _scores(case, _rule), _scores(case, _judge)
    return CaseSpread(
        task=case[0].task,
        id=case[0].id,
        outcomes=len(outcomes),
        passed=sum(outcomes),
        rule=(min(rules), max(rules)) if rules else None,
        judge=(min(judged), max(judged)) if judged else None,
        flaky=0 < sum(outcomes) < len(outcomes),
    )
