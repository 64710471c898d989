"""Anthropic by its OpenAI-compatible URL, which ignores logprobs and response_format.

Its other routes, such as the list of models, take the key in another header (see api_key.py) and
return pages of twenty.
"""

from urllib.parse import urlsplit

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.server_kind import Listing, ServerFacts, ServerKind, tables


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    if not recognized:
        return None
    try:
        page = await client.get("models?limit=1000")
    except EndpointError:
        return ServerFacts(listing.models())
    return ServerFacts(Listing(tuple(tables(page.data.get("data")))).models())


ANTHROPIC = ServerKind(
    name="Anthropic",
    recognizes=lambda client, listing: urlsplit(client.url).hostname == "api.anthropic.com",
    inspect=_inspect,
    lists_all_models=False,
)
