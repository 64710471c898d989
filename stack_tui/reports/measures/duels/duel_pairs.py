"""Two runs of a duel: how often judges prefer each, and whether the difference is significant."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from stack_tui.reports.measures.effects import LEVEL, Verdict
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.paired import (
    Clusters,
    bootstrap_interval,
    cluster,
    holm,
    mcnemar_exact,
    sign_flip_exact,
)
from stack_tui.reports.stats.power import cases_for_mean_difference
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.duel_verdicts import TIE
from stack_tui.runs.events import Sample, TaskPlan
from stack_tui.runs.view import RunView

EVEN = 0.5


class PairResult(msgspec.Struct, frozen=True, kw_only=True):
    """Run b against run a: each case is won, tied, unscored, missing or set apart."""

    a: str
    b: str
    matches: int
    cases: int
    a_wins: int
    b_wins: int
    ties: int
    identical: int
    """Ties of equal outputs, which no judge was shown."""
    unscored: int
    """Matches that no judge answered in both orders."""
    missing: int
    """Matches without an outcome yet."""
    apart: Mapping[str, int]
    """Cases that cannot be judged, by reason."""
    win_rate: float | None
    """b's wins and half the ties, over the matches won or tied."""
    interval: Interval | None
    test: str
    p: float
    deviation: float
    """The standard deviation of the cases' results."""
    p_adjusted: float | None = None
    """p adjusted by Holm, if there are several pairs."""

    @property
    def verdict(self) -> Verdict:
        """Better or worse if both the test and the interval exclude an even result."""
        p = self.p if self.p_adjusted is None else self.p_adjusted
        if self.win_rate is None or self.interval is None:
            return "inconclusive"
        if p > LEVEL or self.interval[0] <= EVEN <= self.interval[1]:
            return "inconclusive"
        return "better" if self.win_rate > EVEN else "worse"

    @property
    def settle(self) -> str:
        """What would settle an inconclusive result, "" for a settled one."""
        if self.verdict != "inconclusive":
            return ""
        if self.win_rate is None:
            return "No match was decided: there is nothing to go by."
        if not self.a_wins + self.b_wins:
            return f"All {self.ties} matches are ties; more cases, or harder ones, would tell."
        distance = self.win_rate - EVEN
        needed = cases_for_mean_difference(distance, self.deviation)
        if needed is None:
            return "Each won as often as the other; more cases would say how nearly."
        more = max(1, needed - self.cases)
        return (
            f"Were a win rate of {self.win_rate:.1%} real, about {self.cases + more} cases would "
            f"show it (four times in five): {more} more."
        )


def pair_results(view: RunView, *, holdout: bool = False) -> list[PairResult]:
    """Return each pair's result, in the order of the plan, adjusted by Holm if there are several.

    It covers the open cases, or the held-out ones. Missing cases and those set apart, which may be
    either, count with the open ones.
    """
    matches: dict[str, list[Sample]] = {name: [] for name in view.plan}
    for sample in in_order(view.samples):
        matches.setdefault(sample.task, []).append(sample)
    found = []
    for plan in view.plan.values():
        wanted = [sample for sample in matches[plan.name] if sample.holdout == holdout]
        others = len(matches[plan.name]) - len(wanted)
        planned = len(wanted) if holdout else plan.samples - others
        apart = {} if holdout else plan.apart
        found.append(pair_result(replace(plan, samples=planned, apart=apart), wanted))
    if len(found) < 2:
        return found
    adjusted = holm([pair.p for pair in found])
    return [replace(pair, p_adjusted=p) for pair, p in zip(found, adjusted, strict=True)]


def pair_result(plan: TaskPlan, samples: Sequence[Sample]) -> PairResult:
    """Return the result of the plan's matches; the repeats of a case form a cluster."""
    a, _, b = plan.name.partition(" vs ")
    decided = [sample for sample in samples if sample.winner]
    points = {a: -EVEN, b: EVEN}
    clusters = cluster(
        (points.get(sample.winner, 0.0) for sample in decided), (s.counted_as for s in decided)
    )
    wins_a = sum(sample.winner == a for sample in decided)
    wins_b = sum(sample.winner == b for sample in decided)
    interval = bootstrap_interval(clusters, scale=(-EVEN, EVEN)) if decided else None
    test, p = _test(wins_a, wins_b, clusters)
    return PairResult(
        a=a,
        b=b,
        matches=len(samples),
        cases=len(clusters.sizes),
        a_wins=wins_a,
        b_wins=wins_b,
        ties=sum(sample.winner == TIE for sample in decided),
        identical=sum(not sample.verdicts for sample in decided),
        unscored=len(samples) - len(decided),
        missing=max(0, plan.samples - len(samples)),
        apart={why: len(names) for why, names in plan.apart.items()},
        win_rate=clusters.mean + EVEN if decided else None,
        interval=(interval[0] + EVEN, interval[1] + EVEN) if interval else None,
        test=test,
        p=p,
        deviation=(clusters.variance_of_mean * len(clusters.sizes)) ** 0.5 if decided else 0.0,
    )


def _test(wins_a: int, wins_b: int, clusters: Clusters) -> tuple[str, float]:
    if clusters.repeated:
        return "exact sign flips of cases", sign_flip_exact([2 * each for each in clusters.sums])
    return "exact sign test", mcnemar_exact(wins_b, wins_a)
