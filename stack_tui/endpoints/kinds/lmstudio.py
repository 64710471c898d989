"""LM Studio: /api/v0/models lists the loaded models and their context length.

It answers unknown routes with an error inside a 200, which the client raises as an error.
"""

from collections.abc import Mapping
from typing import Any

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    Model,
    ServerFacts,
    ServerKind,
    fetch_table,
    tables,
    text_of,
    whole,
)


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    native = tables((await fetch_table(client, "api/v0/models")).get("data"))
    entries = [entry for entry in native if "state" in entry]
    if not entries:
        return ServerFacts(listing.models()) if recognized else None
    return ServerFacts(
        tuple(_model(entry) for entry in entries if entry.get("type") != "embeddings")
    )


def _model(entry: Mapping[str, Any]) -> Model:
    loaded = entry.get("state") == "loaded"
    return Model(
        id=str(entry.get("id")),
        loaded=loaded,
        context_length=whole(entry.get("loaded_context_length")) if loaded else None,
        quantization=text_of(entry.get("quantization")),
    )


LMSTUDIO = ServerKind(
    name="LM Studio",
    recognizes=lambda client, listing: listing.is_owned_by("organization_owner"),
    inspect=_inspect,
    ports=(1234,),
)
