"""The charts of a report, from its samples and its comparison."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.duels.duel_pairs import pair_results
from stack_tui.reports.measures.effects import RATE
from stack_tui.reports.measures.judge_agreement import whole_point
from stack_tui.reports.measures.task_results import task_rates
from stack_tui.reports.pages.model import Chart, CountGrid, Histogram, RateBar, RateBars, SplitBar
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView

_TASKS = 80
_JUDGE_PAIRS = 6
_POINTS = (1, 2, 3, 4, 5)


def task_charts(view: RunView) -> Iterator[Chart]:
    """Yield the pass rates by task, with their intervals."""
    bars = tuple(
        RateBar(task.task, task.rate, task.interval, f"{task.passed} of {task.judged}")
        for task in task_rates(view)[:_TASKS]
        if task.rate is not None
    )
    if bars:
        yield RateBars("Pass rate by task", bars)


def duel_charts(view: RunView) -> Iterator[Chart]:
    """Yield the win rates by pair, with their intervals."""
    bars = tuple(
        RateBar(f"{pair.b} over {pair.a}", pair.win_rate, pair.interval, f"{pair.matches} matches")
        for pair in pair_results(view)
        if pair.win_rate is not None
    )
    if bars:
        yield RateBars("Win rate by pair", bars)


def score_charts(samples: Sequence[Sample]) -> Iterator[Chart]:
    """Yield how many samples have which rule score and judge score, and how judges agree."""
    rules = [sample.rule_score for sample in samples if sample.rule_score is not None]
    if rules:
        tenths = [int(10 * score + 1e-9) for score in rules]
        bins = [(f"{place / 10:.1f}…", tenths.count(place)) for place in range(10)]
        yield Histogram("Rule scores", (*bins, ("1", tenths.count(10))))
    judged = [sample.judge_score for sample in samples if sample.judge_score is not None]
    if judged:
        halves = [int(2 * score + 1e-9) for score in judged]
        bins = [(f"{place / 2:g}", halves.count(place)) for place in range(2, 11)]
        yield Histogram("Judge scores", tuple(bins))
    yield from _agreement(samples)


def _agreement(samples: Sequence[Sample]) -> Iterator[CountGrid]:
    names = dict.fromkeys(verdict.judge for sample in samples for verdict in sample.verdicts)
    scored = [
        {v.judge: v.score for v in sample.verdicts if v.score is not None} for sample in samples
    ]
    for one, other in list(combinations(names, 2))[:_JUDGE_PAIRS]:
        both = [(given[one], given[other]) for given in scored if one in given and other in given]
        if both:
            points = [(whole_point(a), whole_point(b)) for a, b in both]
            counts = tuple(
                tuple(points.count((row, column)) for column in _POINTS) for row in _POINTS
            )
            same = sum(a == b for a, b in points)
            near = sum(abs(a - b) <= 1 for a, b in both)
            title = (
                f"{one} (rows) and {other} (columns): the same score in {same} of {len(both)}, "
                f"within 1 in {near}"
            )
            yield CountGrid(title, tuple(map(str, _POINTS)), counts)


def flip_chart(comparison: Comparison) -> Iterator[Chart]:
    """Yield what became of the pairs that pass or fail in both runs."""
    effect = comparison.effect(RATE)
    if effect is None:
        return
    passed_a = round(effect.a * effect.pairs)
    parts = (
        ("passed in both", passed_a - effect.lower, "good"),
        ("fail → pass", effect.higher, "gained"),
        ("pass → fail", effect.lower, "lost"),
        ("failed in both", effect.pairs - passed_a - effect.higher, "bad"),
    )
    yield SplitBar("Outcomes of the pairs", parts)
