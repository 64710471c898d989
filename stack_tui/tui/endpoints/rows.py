"""An endpoint as a row of the list."""

from __future__ import annotations

from collections.abc import Callable

from stack_tui.tui.state.endpoint_list import EndpointRole, EndpointView
from stack_tui.tui.ui import format
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.icons import HEALTH
from stack_tui.tui.ui.list_pane import SortKey, known
from stack_tui.tui.ui.rows import Cell, Row

ENDPOINT_COLUMNS = (
    Column("state", 9),
    Column("endpoint", 9, grow=1),
    Column("server", 11, grow=2),
    Column("model", 7, grow=3),
    Column("context", 8, right=True, optional=1),
    Column("latency", 7, right=True),
    Column("default", 7, optional=2),
)

ENDPOINT_KEYS: tuple[Callable[[EndpointView], SortKey], ...] = (
    lambda seen: (seen.state, seen.endpoint.name),
    lambda seen: (seen.endpoint.name,),
    lambda seen: (seen.server,),
    lambda seen: (seen.model,),
    lambda seen: known(seen.health.context_length if seen.health else None),
    lambda seen: known(seen.health.latency_s if seen.health else None),
    lambda seen: (not seen.roles, seen.roles),
)

_DEFAULT: dict[tuple[EndpointRole, ...], str] = {
    (): "",
    ("default",): "run",
    ("judge",): "judge",
    ("default", "judge"): "both",
}


def endpoint_row(seen: EndpointView) -> Row:
    """Return the endpoint's cells."""
    sign, health = HEALTH[seen.state], seen.health
    context = health.context_length if health else None
    return (
        Cell(str(sign), sign.tone),
        Cell(seen.endpoint.name),
        Cell(seen.server, "dim"),
        Cell(seen.model.rsplit("/", 1)[-1], "dim"),
        Cell(format.count(context), "dim"),
        Cell(format.latency(health.latency_s if health else None), "dim"),
        Cell(_DEFAULT[seen.roles], "accent"),
    )
