"""What a benchmark run needs before it starts: scoring methods, requests, and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.state.snapshot import RunCard, TaskRow
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, field, line

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import TaskMember
    from stack_tui.endpoints.capabilities import Capabilities

_WIDTH = 10
_SHOWN = 3
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
        size = row.counts.planned
        if limit is not None:
            size = min(size, int(limit)) if limit >= 1 else max(1, round(size * limit))
        samples += size
        requests += round(size * row.plan.requests / max(1, row.counts.planned))
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


def _rate(cards: Iterable[RunCard], endpoint: Endpoint) -> float | None:
    """Return the samples per second of the latest run on that server and model."""
    for card in cards:
        spec = card.spec
        same = spec and (spec.endpoint.url, spec.endpoint.model) == (endpoint.url, endpoint.model)
        if same and card.active_s >= _TOO_SHORT_S and card.counts.done:
            return card.counts.done / card.active_s
    return None


def plan_blocks(
    names: Sequence[str],
    members: Sequence[TaskMember],
    abilities: Capabilities | StackError | None,
    known: Estimate,
) -> list[Block]:
    """Return the tasks, their scoring methods, and how many requests and how long they take."""
    if not names:
        return [line(("Type to find a task, and press enter to tick it.", "dim"))]
    more = f" and {len(members) - _SHOWN} more" if len(members) > _SHOWN else ""
    shown = ", ".join(member.name for member in members[:_SHOWN])
    return [
        field("Chosen", ", ".join(names), width=_WIDTH),
        field(
            "Tasks",
            f"{len(members):,}: {shown}",
            (more, "dim"),
            width=_WIDTH,
        ),
        field("Route", *_routes(members, abilities), width=_WIDTH),
        field("Requests", *_requests(known), width=_WIDTH),
    ]


def _routes(
    members: Sequence[TaskMember], abilities: Capabilities | StackError | None
) -> list[Part]:
    if abilities is None:
        return [("probing the endpoint…", "dim")]
    if isinstance(abilities, StackError):
        return [
            (abilities.what, "bad"),
            (f"  → {abilities.remedy}" if abilities.remedy else "", ""),
        ]
    from stack_tui.benchmarks.scoring.methods import expected_route

    counts: dict[str | None, int] = {}
    for member in members:
        route = expected_route(member.facts(), abilities)
        counts[route] = counts.get(route, 0) + 1
    parts: list[Part] = []
    for taken, number in counts.items():
        parts += [", "] if parts else []
        if taken is None:
            parts.append((f"{plural(number, 'task')} cannot run on this endpoint", "bad"))
        else:
            parts.append(f"{taken} ({number:,})" if len(counts) > 1 else taken)
    return parts or [("unknown until it is loaded", "dim")]


def _requests(known: Estimate) -> list[Part]:
    if not known.requests:
        return [("unknown until the data is loaded; there is no earlier run", "dim")]
    parts: list[Part] = [f"{known.requests:,}"]
    if known.unknown:
        parts.append((f", and {plural(known.unknown, 'task')} of unknown size", "dim"))
    elif known.seconds is None:
        parts.append((", duration unknown: no earlier run on this endpoint", "dim"))
    else:
        parts.append(f", about {format.time_left(known.seconds)} at the speed of the last run here")
    return parts
