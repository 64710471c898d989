"""OpenAI, and every other server that implements its API and reports nothing more."""

from urllib.parse import urlsplit

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import Listing, ServerFacts, ServerKind


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    return ServerFacts(listing.models()) if recognized else None


OPENAI = ServerKind(
    name="OpenAI",
    recognizes=lambda client, listing: urlsplit(client.url).hostname == "api.openai.com",
    inspect=_inspect,
    lists_all_models=False,
)
COMPATIBLE = ServerKind(
    name="OpenAI-compatible",
    recognizes=lambda client, listing: True,
    inspect=_inspect,
    lists_all_models=False,
)
