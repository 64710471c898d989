"""llama.cpp's server: `Server: llama.cpp`; 503 while loading; serves its model under any name."""

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    Model,
    ServerFacts,
    ServerKind,
    fetch_table,
    text_of,
    whole,
)


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    props = await fetch_table(client, "props")
    if not recognized and "build_info" not in props and "default_generation_settings" not in props:
        return None
    settings = props.get("default_generation_settings")
    n_ctx = whole(settings.get("n_ctx")) if isinstance(settings, dict) else None
    path = text_of(props.get("model_path"))
    models = tuple(_model(entry, n_ctx, path) for entry in listing.entries)
    slots = whole(props.get("total_slots"))
    return ServerFacts(
        models,
        text_of(props.get("build_info")),
        note=f"{slots} slot{'s'[: slots > 1]}" if slots else "",
        slots=slots,
    )


def _model(entry: object, n_ctx: int | None, path: str) -> Model:
    """Return a model; `meta` is null until it is loaded, its `n_ctx` is that of one slot."""
    table = entry if isinstance(entry, dict) else {}
    meta = table.get("meta") or {}
    status = table.get("status") or {}
    value = status.get("value") if isinstance(status, dict) else None
    return Model(
        id=str(table.get("id")),
        owned_by=text_of(table.get("owned_by")),
        context_length=whole(meta.get("n_ctx")) or n_ctx,
        loaded=None if value is None else value == "loaded",
        parameters=whole(meta.get("n_params")),
        size_bytes=whole(meta.get("size")),
        quantization=text_of(meta.get("ftype")),
        weights=f"{path} {meta.get('n_params') or ''} {meta.get('size') or ''}".strip(),
    )


LLAMACPP = ServerKind(
    name="llama.cpp",
    recognizes=lambda client, listing: (
        listing.headers.get("server") == "llama.cpp" or listing.is_owned_by("llamacpp")
    ),
    inspect=_inspect,
    ports=(8080, 9931),
    metrics_flag="--metrics",
    metrics={
        "running": "llamacpp:requests_processing",
        "waiting": "llamacpp:requests_deferred",
        "prompt_tokens": "llamacpp:prompt_tokens_total llamacpp:prompt_tokens_cached_total",
        "prefix_queries": "llamacpp:prompt_tokens_total llamacpp:prompt_tokens_cached_total",
        "generation_tokens": "llamacpp:tokens_predicted_total",
        "prefix_hits": "llamacpp:prompt_tokens_cached_total",
    },
)
