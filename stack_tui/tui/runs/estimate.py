"""How many requests a benchmark run sends and how long it takes, judging by earlier runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stack_tui.config.decode import Endpoint
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.state.snapshot import RunCard, TaskRow

_TOO_SHORT_S = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """Samples and requests of the tasks whose size is known, and the seconds for all of them.

    `unknown` counts the tasks whose size no run has shown yet; with any, `seconds` is None.
    """

    samples: int = 0
    requests: int = 0
    unknown: int = 0
    seconds: float | None = None


def estimate(
    tasks: Sequence[str], limit: float | None, endpoint: Endpoint, runs: Iterable[RunCard]
) -> Estimate:
    """Return the estimate for at most `limit` documents of each task on the endpoint."""
    cards = [card for card in runs if _benchmark(card)]
    sizes = _sizes(cards)
    samples = requests = unknown = 0
    for task in tasks:
        row = sizes.get(task)
        if row is None or row.plan is None:
            unknown += 1
            continue
        taken = _limited(row.counts.planned, limit)
        samples += taken
        requests += round(taken * row.plan.requests / max(1, row.counts.planned))
    rate = _rate(cards, endpoint)
    seconds = samples / rate if rate and not unknown else None
    return Estimate(samples, requests, unknown, seconds)


def _sizes(cards: Iterable[RunCard]) -> dict[str, TaskRow]:
    """Return the tasks of runs over all of their documents."""
    return {
        row.name: row
        for card in cards
        if (benchmark := _benchmark(card)) and benchmark.limit is None
        for row in card.tasks
        if row.plan
    }


def _benchmark(card: RunCard) -> BenchmarkSubject | None:
    subject = card.spec.subject if card.spec else None
    return subject if isinstance(subject, BenchmarkSubject) else None


def _limited(size: int, limit: float | None) -> int:
    if limit is None:
        return size
    return min(size, int(limit)) if limit >= 1 else max(1, round(size * limit))


def _rate(cards: Iterable[RunCard], endpoint: Endpoint) -> float | None:
    """Return the samples per second of the latest run on that server and model."""
    for card in cards:
        spec = card.spec
        same = spec and (spec.endpoint.url, spec.endpoint.model) == (endpoint.url, endpoint.model)
        if same and card.active_s >= _TOO_SHORT_S and card.counts.done:
            return card.counts.done / card.active_s
    return None
