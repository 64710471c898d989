"""What the forms that start runs share: choosing an endpoint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from stack_tui.config.decode import Defaults, Endpoint
from stack_tui.text import one_line
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.icons import HEALTH

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Suite


def endpoint_options(endpoints: Sequence[EndpointView]) -> list[tuple[Content, int]]:
    """Return the endpoints as options, each with its place."""
    return [(said(seen), place) for place, seen in enumerate(endpoints)]


def said(seen: EndpointView) -> Content:
    """Return an endpoint with its sign and model, on one line."""
    return line(f"{HEALTH[seen.state].mark} {seen.endpoint.name}  {one_line(seen.model, 40)}")


def first_endpoint(endpoints: Sequence[EndpointView], defaults: Defaults) -> int:
    """Return the place of the endpoint to offer: the configured one, else the first that is up."""
    names = [seen.endpoint.name for seen in endpoints]
    if defaults.endpoint in names:
        return names.index(defaults.endpoint)
    up = [place for place, seen in enumerate(endpoints) if seen.state == "up"]
    return up[0] if up else 0


def tried_on(
    endpoints: Sequence[EndpointView], defaults: Defaults, suite: "Suite"
) -> tuple[Endpoint | None, list[Endpoint]]:
    """Return what a case of the suite is tried on: as a run from the form's defaults would be."""
    if not endpoints:
        return None, []
    endpoint = endpoints[first_endpoint(endpoints, defaults)].endpoint
    named = {seen.endpoint.name: seen.endpoint for seen in endpoints}
    names = suite.judges or defaults.judges
    judges = [named[name] for name in names if name in named]
    return endpoint, list(dict.fromkeys(judges)) or [endpoint]
