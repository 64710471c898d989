"""LiteLLM's proxy: recognized by headers and /health/liveliness; /health calls every model."""

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import Listing, ServerFacts, ServerKind, fetch


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    if not recognized and "alive" not in str(await fetch(client, "health/liveliness")):
        return None
    return ServerFacts(listing.models(), listing.headers.get("x-litellm-version", ""))


LITELLM = ServerKind(
    name="LiteLLM",
    recognizes=lambda client, listing: any(
        name.startswith("x-litellm-") for name in listing.headers
    ),
    inspect=_inspect,
    ports=(4000,),
    lists_all_models=False,
)
