"""The 95 % intervals that belong to a summary's rates and means."""

from collections.abc import Iterable, Sequence

import msgspec

from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.sample_intervals import Interval, mean_interval, rate_interval
from stack_tui.runs.events import JUDGE_PASS, RULE_PASS, Sample


class Intervals(msgspec.Struct, frozen=True, kw_only=True):
    """Lowest and highest value of each of SuiteSummary's figures; None where none can be told."""

    pass_rate: Interval | None
    rule_avg: Interval | None
    rule_pass_rate: Interval | None
    judge_avg: Interval | None
    judge_pass_rate: Interval | None


def intervals(samples: Iterable[Sample]) -> Intervals:
    """Return the intervals of what `summarize` gives, the same in whatever order samples came."""
    found = in_order(samples)
    rules = [(s, s.rule_score) for s in found if s.rule_score is not None]
    scores = [(s, s.judge_score) for s in found if s.judge_score is not None]
    return Intervals(
        pass_rate=_rate([(s, s.passed) for s in found if s.passed is not None]),
        rule_avg=_mean(rules, (0.0, 1.0)),
        rule_pass_rate=_rate([(s, score >= RULE_PASS) for s, score in rules]),
        judge_avg=_mean(scores, (1.0, 5.0)),
        judge_pass_rate=_rate([(s, score >= JUDGE_PASS) for s, score in scores]),
    )


def _rate(outcomes: Sequence[tuple[Sample, bool]]) -> Interval | None:
    return rate_interval([met for _, met in outcomes], _cases(outcomes))


def _mean(scores: Sequence[tuple[Sample, float]], scale: Interval) -> Interval | None:
    return mean_interval([score for _, score in scores], _cases(scores), scale)


def _cases(pairs: Sequence[tuple[Sample, object]]) -> list[tuple[str, str, bool]]:
    return [sample.counted_as for sample, _ in pairs]
