"""OpenAI, and every other server that speaks its API and says no more of itself."""

from urllib.parse import urlsplit

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.kind import Kind, Listing, Look


async def _look(client: Client, listing: Listing, shown: bool) -> Look | None:
    return Look(listing.models()) if shown else None


OPENAI = Kind(
    name="OpenAI",
    is_shown=lambda client, listing: urlsplit(client.url).hostname == "api.openai.com",
    look=_look,
    lists_all_models=False,
)
COMPATIBLE = Kind(
    name="OpenAI-compatible",
    is_shown=lambda client, listing: True,
    look=_look,
    lists_all_models=False,
)
