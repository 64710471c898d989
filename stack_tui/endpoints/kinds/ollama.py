"""Ollama: `Ollama is running` at its root; loads models on demand and unloads them later."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
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
    # SGLang answers some of Ollama's routes too, but not with this greeting.
    if not await _greets(client):
        return None
    version, running, stored = await asyncio.gather(
        fetch_table(client, "api/version"),
        fetch_table(client, "api/ps"),
        fetch_table(client, "api/tags"),
    )
    loaded = _by_name(running)
    digests = {name: text_of(one.get("digest")) for name, one in _by_name(stored).items()}
    models = tuple(
        msgspec.structs.replace(
            _model(model.id, loaded.get(model.id)), weights=digests.get(model.id, "")
        )
        for model in listing.models()
    )
    held = ", ".join(loaded)
    return ServerFacts(models, text_of(version.get("version")), note=f"loaded: {held or 'nothing'}")


def _by_name(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    models = tables(answer.get("models"))
    return {text_of(one.get("model") or one.get("name")): one for one in models}


async def _greets(client: Client) -> bool:
    try:
        page = await client.get_text("", root=True)
    except EndpointError:
        return False
    return "Ollama is running" in str(page.data)


def _model(name: str, loaded: Mapping[str, Any] | None) -> Model:
    """Return a model; only a loaded one has the context length that requests really get."""
    if loaded is None:
        return Model(id=name, loaded=False)
    details = loaded.get("details")
    return Model(
        id=name,
        loaded=True,
        context_length=whole(loaded.get("context_length")),
        size_bytes=whole(loaded.get("size")),
        vram_bytes=whole(loaded.get("size_vram")) or 0,
        quantization=text_of(details.get("quantization_level"))
        if isinstance(details, dict)
        else "",
        expires_at=text_of(loaded.get("expires_at")),
    )


OLLAMA = ServerKind(
    name="Ollama",
    recognizes=lambda client, listing: listing.is_owned_by("library"),
    inspect=_inspect,
    ports=(11434,),
)
