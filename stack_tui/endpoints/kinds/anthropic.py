"""Anthropic by its OpenAI-compatible URL: it ignores logprobs and response_format there.

Its own routes, the list of models among them, take the key in another header (see key.py) and come
in pages of twenty.
"""

from urllib.parse import urlsplit

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.server_kind import Listing, ServerFacts, ServerKind, tables


async def _look(client: Client, listing: Listing, shown: bool) -> ServerFacts | None:
    if not shown:
        return None
    try:
        page = await client.get("models?limit=1000")
    except EndpointError:
        return ServerFacts(listing.models())
    return ServerFacts(Listing(tuple(tables(page.data.get("data")))).models())


ANTHROPIC = ServerKind(
    name="Anthropic",
    is_shown=lambda client, listing: urlsplit(client.url).hostname == "api.anthropic.com",
    look=_look,
    lists_all_models=False,
)
