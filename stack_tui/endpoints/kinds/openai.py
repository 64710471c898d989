"""OpenAI, and every other server that speaks its API and says no more of itself."""

from urllib.parse import urlsplit

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import Listing, ServerFacts, ServerKind


async def _look(client: Client, listing: Listing, shown: bool) -> ServerFacts | None:
    return ServerFacts(listing.models()) if shown else None


OPENAI = ServerKind(
    name="OpenAI",
    is_shown=lambda client, listing: urlsplit(client.url).hostname == "api.openai.com",
    look=_look,
    lists_all_models=False,
)
COMPATIBLE = ServerKind(
    name="OpenAI-compatible",
    is_shown=lambda client, listing: True,
    look=_look,
    lists_all_models=False,
)
