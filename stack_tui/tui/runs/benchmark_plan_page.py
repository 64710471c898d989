"""What a benchmark run needs, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.tui.runs.estimate import Estimate
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, field, line

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.endpoints.capabilities import Capabilities

_WIDTH = 10
_SHOWN = 3


def plan_blocks(
    names: Sequence[str],
    leaves: Sequence[str],
    catalog: Catalog,
    abilities: Capabilities | StackError | None,
    known: Estimate,
) -> list[Block]:
    """Return the tasks, their scoring methods, and how many requests and how long they take."""
    if not names:
        return [line(("Type to find a task, and press enter to tick it.", "dim"))]
    more = f" and {len(leaves) - _SHOWN} more" if len(leaves) > _SHOWN else ""
    return [
        field("Chosen", ", ".join(names), width=_WIDTH),
        field(
            "Tasks",
            f"{len(leaves):,}: {', '.join(leaves[:_SHOWN])}",
            (more, "dim"),
            width=_WIDTH,
        ),
        field("Route", *_routes(leaves, catalog, abilities), width=_WIDTH),
        field("Requests", *_requests(known), width=_WIDTH),
    ]


def _routes(
    leaves: Sequence[str], catalog: Catalog, abilities: Capabilities | StackError | None
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
    for leaf in leaves:
        if leaf in catalog.entries:
            route = expected_route(catalog.facts(leaf), abilities)
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
