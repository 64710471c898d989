"""The figures of a run's samples: means, rates and counts, with the intervals of the first."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import TypeVar

import msgspec

from stack_tui.errors import FailureKind
from stack_tui.reports.stats.sample_intervals import Interval, mean_interval, rate_interval
from stack_tui.runs.events import JUDGE_PASS, JudgeScore, Sample, Status

T = TypeVar("T", bound=str)


class JudgeSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's scores: `avg` is over the `n_scored` outputs with a readable score."""

    judge: str
    model: str
    n_scored: int
    avg: float | None
    unreadable: int
    failures: int


class SuiteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The samples' figures. The first five keys are those of the custom-eval format.

    A mean or a rate over nothing is None.
    """

    n_cases: int
    rule_avg: float | None
    rule_pass_rate: float | None
    judge_avg: float | None
    judge_pass_rate: float | None
    n_independent: int
    """Cases, with those of a cluster counted once."""
    n_samples: int
    n_rule_scored: int
    """Samples with an output: `rule_avg` and `rule_pass_rate` are over these."""
    n_judge_scored: int
    """Samples that a judge scored: `judge_avg` and `judge_pass_rate` are over these."""
    passed: int
    failed: int
    pass_rate: float | None
    """Over the samples that passed or failed."""
    status: dict[Status, int]
    errors: dict[FailureKind, int]
    truncated_while_thinking: int
    unscored: int
    judge_failures: int
    no_majority: int
    flagged: int
    judges: tuple[JudgeSummary, ...]
    prompt_tokens: int
    completion_tokens: int
    """The model's tokens, without the judges'."""
    unknown_usage: int
    """Answered samples whose tokens the server did not report."""
    latency_p50_s: float | None
    latency_p95_s: float | None


def in_order(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples in the order of their suite or tasks."""
    return sorted(samples, key=lambda sample: sample.position)


def summarize(samples: Iterable[Sample]) -> SuiteSummary:
    """Return the figures of the samples so far."""
    found = list(samples)
    rules = [sample.rule_score for sample in found if sample.rule_score is not None]
    met = [sample.rules_met for sample in found if sample.rules_met is not None]
    scores = [sample.judge_score for sample in found if sample.judge_score is not None]
    passed = sum(sample.passed is True for sample in found)
    failed = sum(sample.passed is False for sample in found)
    latencies = sorted(sample.latency_s for sample in found if sample.status != "error")
    return SuiteSummary(
        n_cases=len({(sample.task, sample.id) for sample in found}),
        rule_avg=_mean(rules),
        rule_pass_rate=_mean(met),
        judge_avg=_mean(scores),
        judge_pass_rate=_mean([score >= JUDGE_PASS for score in scores]),
        n_independent=len({sample.counted_as for sample in found}),
        n_samples=len(found),
        n_rule_scored=len(rules),
        n_judge_scored=len(scores),
        passed=passed,
        failed=failed,
        pass_rate=passed / (passed + failed) if passed + failed else None,
        status=_counted(sample.status for sample in found),
        errors=_counted(sample.failure.kind for sample in found if sample.failure),
        truncated_while_thinking=sum(sample.truncated_while_thinking for sample in found),
        unscored=sum(sample.unscored for sample in found),
        judge_failures=sum(bool(v.failure) for sample in found for v in sample.verdicts),
        no_majority=sum(sample.no_majority for sample in found),
        flagged=sum(bool(sample.flags) for sample in found),
        judges=_judges(found),
        prompt_tokens=sum(sample.prompt_tokens or 0 for sample in found),
        completion_tokens=sum(sample.completion_tokens or 0 for sample in found),
        unknown_usage=sum(map(_lacks_usage, found)),
        latency_p50_s=_percentile(latencies, 0.5),
        latency_p95_s=_percentile(latencies, 0.95),
    )


def _judges(samples: Iterable[Sample]) -> tuple[JudgeSummary, ...]:
    by_judge: dict[tuple[str, str], list[JudgeScore]] = {}
    for sample in samples:
        for verdict in sample.verdicts:
            by_judge.setdefault((verdict.judge, verdict.model), []).append(verdict)
    return tuple(_judge(*name, verdicts) for name, verdicts in by_judge.items())


def _judge(judge: str, model: str, verdicts: Sequence[JudgeScore]) -> JudgeSummary:
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    failures = sum(verdict.failure is not None for verdict in verdicts)
    return JudgeSummary(
        judge=judge,
        model=model,
        n_scored=len(scores),
        avg=_mean(scores),
        unreadable=len(verdicts) - len(scores) - failures,
        failures=failures,
    )


def _lacks_usage(sample: Sample) -> bool:
    stated = sample.prompt_tokens is not None and sample.completion_tokens is not None
    return sample.status != "error" and not stated


def _counted(values: Iterable[T]) -> dict[T, int]:
    return dict(sorted(Counter(values).items()))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least that share of the values do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


class Intervals(msgspec.Struct, frozen=True, kw_only=True):
    """The 95 % intervals of SuiteSummary's rates and means; None for figures over nothing."""

    pass_rate: Interval | None
    rule_avg: Interval | None
    rule_pass_rate: Interval | None
    judge_avg: Interval | None
    judge_pass_rate: Interval | None


def intervals(samples: Iterable[Sample]) -> Intervals:
    """Return the intervals of what `summarize` returns; the samples' order does not matter."""
    found = in_order(samples)
    rules = [(s, s.rule_score) for s in found if s.rule_score is not None]
    scores = [(s, s.judge_score) for s in found if s.judge_score is not None]
    return Intervals(
        pass_rate=_rate_bounds([(s, s.passed) for s in found if s.passed is not None]),
        rule_avg=_mean_bounds(rules, (0.0, 1.0)),
        rule_pass_rate=_rate_bounds([(s, s.rules_met) for s in found if s.rules_met is not None]),
        judge_avg=_mean_bounds(scores, (1.0, 5.0)),
        judge_pass_rate=_rate_bounds([(s, score >= JUDGE_PASS) for s, score in scores]),
    )


def _rate_bounds(outcomes: Sequence[tuple[Sample, bool]]) -> Interval | None:
    return rate_interval([met for _, met in outcomes], _clusters(outcomes))


def _mean_bounds(scores: Sequence[tuple[Sample, float]], scale: Interval) -> Interval | None:
    return mean_interval([score for _, score in scores], _clusters(scores), scale)


def _clusters(pairs: Sequence[tuple[Sample, object]]) -> list[tuple[str, str, bool]]:
    return [sample.counted_as for sample, _ in pairs]
