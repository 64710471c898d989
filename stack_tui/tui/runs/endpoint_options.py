"""Endpoints as options of a form that starts a run."""

from collections.abc import Sequence

from textual.content import Content

from stack_tui.config.decode import Endpoint
from stack_tui.text import one_line
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.icons import HEALTH


def endpoint_options(endpoints: Sequence[EndpointView]) -> list[tuple[Content, int]]:
    """Return the endpoints as options, each with its index."""
    return [(endpoint_label(view), place) for place, view in enumerate(endpoints)]


def endpoint_label(view: EndpointView) -> Content:
    """Return an endpoint's state, name and model, on one line."""
    return line(f"{HEALTH[view.state].mark} {view.endpoint.name}  {one_line(view.model, 40)}")


def judge_options(
    judges: Sequence[Endpoint], endpoints: Sequence[EndpointView]
) -> tuple[list[str], tuple[Endpoint, ...]]:
    """Return names to tick and their endpoints: the `judges` first, then all other endpoints."""
    known = {judge.name for judge in judges}
    others = [view for view in endpoints if view.endpoint.name not in known]
    names = [one_line(f"{judge.name}  {judge.model or ''}") for judge in judges]
    names += [endpoint_label(view).plain for view in others]
    return names, (*judges, *(view.endpoint for view in others))
