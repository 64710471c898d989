"""What the forms that start runs share: choosing an endpoint."""

from collections.abc import Sequence

from textual.content import Content

from stack_tui.config import Defaults
from stack_tui.text import one_line
from stack_tui.tui.documents.endpoint import Seen
from stack_tui.tui.prose import line


def endpoint_options(endpoints: Sequence[Seen]) -> list[tuple[Content, int]]:
    """Return the endpoints as options, each with its place."""
    return [(said(seen), place) for place, seen in enumerate(endpoints)]


def said(seen: Seen) -> Content:
    """Return an endpoint with its sign and model, on one line."""
    return line(f"{seen.sign.mark} {seen.endpoint.name}  {one_line(seen.model, 40)}")


def first_endpoint(endpoints: Sequence[Seen], defaults: Defaults) -> int:
    """Return the place of the endpoint to offer: the configured one, else the first that is up."""
    names = [seen.endpoint.name for seen in endpoints]
    if defaults.endpoint in names:
        return names.index(defaults.endpoint)
    up = [place for place, seen in enumerate(endpoints) if seen.sign.word == "up"]
    return up[0] if up else 0
