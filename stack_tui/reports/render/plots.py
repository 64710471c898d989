"""Which plots a run's page shows, from its samples and its comparison."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.duels.duel_pairs import pair_results
from stack_tui.reports.measures.effects import RATE
from stack_tui.reports.measures.headline import task_rates
from stack_tui.reports.measures.judge_agreement import whole_point
from stack_tui.reports.render import svg
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView

_TASKS = 80
_JUDGE_PAIRS = 6
_SCORES = (1, 2, 3, 4, 5)


def tasks(view: RunView) -> Iterator[str]:
    """Yield pass rates by task, or a duel's win rates by pair, with their intervals."""
    if isinstance(view.spec.subject, DuelSubject):
        pairs: list[svg.Rate] = [
            (f"{pair.b} over {pair.a}", pair.win_rate, pair.interval, f"{pair.matches} matches")
            for pair in pair_results(view)
            if pair.win_rate is not None
        ]
        if pairs:
            yield svg.rate_bars(pairs, "Win rate by pair, with 95 % intervals")
        return
    rows: list[svg.Rate] = [
        (task.task, task.rate, task.interval, f"{task.passed} of {task.judged}")
        for task in task_rates(view)[:_TASKS]
        if task.rate is not None
    ]
    if rows:
        yield svg.rate_bars(rows, "Pass rate by task, with 95 % intervals")


def distributions(samples: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """Yield a title and a histogram for rule scores and for judge scores, where there are any."""
    rules = [sample.rule_score for sample in samples if sample.rule_score is not None]
    if rules:
        tenths = [int(10 * score + 1e-9) for score in rules]
        bins = [(f"{place / 10:.1f}…", tenths.count(place)) for place in range(10)]
        bins.append(("1", tenths.count(10)))
        yield "Rule scores", svg.histogram(bins, "How many samples have which rule score")
    judged = [sample.judge_score for sample in samples if sample.judge_score is not None]
    if judged:
        halves = [int(2 * score + 1e-9) for score in judged]
        bins = [(f"{place / 2:g}", halves.count(place)) for place in range(2, 11)]
        yield "Judge scores", svg.histogram(bins, "How many samples have which judge score")


def agreement(samples: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """Yield, for each pair of judges, a title with how often they agree and a grid of scores."""
    names = dict.fromkeys(verdict.judge for sample in samples for verdict in sample.verdicts)
    scored = [
        {v.judge: v.score for v in sample.verdicts if v.score is not None} for sample in samples
    ]
    for one, other in list(combinations(names, 2))[:_JUDGE_PAIRS]:
        both = [(given[one], given[other]) for given in scored if one in given and other in given]
        if both:
            points = [(whole_point(a), whole_point(b)) for a, b in both]
            counts = [[points.count((row, column)) for column in _SCORES] for row in _SCORES]
            same = sum(a == b for a, b in points)
            near = sum(abs(a - b) <= 1 for a, b in both)
            title = (
                f"{one} (rows) and {other} (columns): the same score in {same} of {len(both)}, "
                f"within 1 in {near}"
            )
            yield title, svg.grid(counts, [str(score) for score in _SCORES], title)


def flips(comparison: Comparison) -> Iterator[str]:
    """Yield what became of the pairs that pass or fail in both runs."""
    effect = comparison.effect(RATE)
    if effect is None:
        return
    passed_a = round(effect.a * effect.pairs)
    passed_both = passed_a - effect.lower
    parts = (
        ("passed in both", passed_both, "good"),
        ("fail → pass", effect.higher, "gained"),
        ("pass → fail", effect.lower, "lost"),
        ("failed in both", effect.pairs - passed_a - effect.higher, "bad"),
    )
    yield svg.shares(parts, "Pairs by what became of them")
