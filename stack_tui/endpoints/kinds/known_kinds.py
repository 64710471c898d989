"""The kinds of server, in the order of recognition: how each is recognized and inspected."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    Model,
    ServerFacts,
    ServerKind,
    fetch,
    fetch_table,
    table,
    tables,
    text_of,
    whole,
)


async def _read_vllm(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    number = text_of((await fetch_table(client, "version")).get("version"))
    if not recognized and not number:
        # SGLang and LiteLLM run a generation for each request to /health, so they are not asked.
        return None
    engine_died = await _engine_died(client)
    if not recognized and engine_died is None:
        return None
    if engine_died:
        note = "its engine has died; the process will end soon"
        return ServerFacts(listing.models(), number, "down", note)
    return ServerFacts(listing.models(), number)


async def _engine_died(client: Client) -> bool | None:
    """Return False for the empty 200 of a live engine, True for the 503 of a dead one, or None."""
    try:
        page = await client.get_text("health", root=True)
    except EndpointError as error:
        return True if error.status == 503 else None
    return False if page.data == "" else None


async def _read_llamacpp(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    props = await fetch_table(client, "props")
    if not recognized and "build_info" not in props and "default_generation_settings" not in props:
        return None
    n_ctx = whole(table(props.get("default_generation_settings")).get("n_ctx"))
    path = text_of(props.get("model_path"))
    slots = whole(props.get("total_slots"))
    return ServerFacts(
        tuple(_llamacpp_model(entry, n_ctx, path) for entry in listing.entries),
        text_of(props.get("build_info")),
        note=f"{slots} slot{'s'[: slots > 1]}" if slots else "",
        slots=slots,
    )


def _llamacpp_model(entry: Mapping[str, Any], n_ctx: int | None, path: str) -> Model:
    """Return a model; `meta` is null until it is loaded, its `n_ctx` is that of one slot."""
    meta = table(entry.get("meta"))
    value = table(entry.get("status")).get("value")
    return Model(
        id=str(entry.get("id")),
        owned_by=text_of(entry.get("owned_by")),
        context_length=whole(meta.get("n_ctx")) or n_ctx,
        loaded=None if value is None else value == "loaded",
        parameters=whole(meta.get("n_params")),
        size_bytes=whole(meta.get("size")),
        quantization=text_of(meta.get("ftype")),
        weights=f"{path} {meta.get('n_params') or ''} {meta.get('size') or ''}".strip(),
    )


async def _read_sglang(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    # Its /health runs a generation and is left alone.
    info = await fetch_table(client, "server_info") or await fetch_table(client, "get_server_info")
    if not recognized and "tokenizer_path" not in info and "served_model_name" not in info:
        return None
    weights = f"{text_of(info.get('model_path'))} {text_of(info.get('weight_version'))}".strip()
    models = (replace(model, weights=model.weights or weights) for model in listing.models())
    return ServerFacts(tuple(models), text_of(info.get("version")))


async def _read_ollama(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    try:
        greeting = (await client.get_text("", root=True)).data
    except EndpointError:
        return None
    # SGLang answers some of Ollama's routes too, but not with this greeting.
    if "Ollama is running" not in str(greeting):
        return None
    version, running, stored = await asyncio.gather(
        fetch_table(client, "api/version"),
        fetch_table(client, "api/ps"),
        fetch_table(client, "api/tags"),
    )
    loaded, known = _by_name(running), _by_name(stored)
    models = tuple(
        _ollama_model(model.id, loaded.get(model.id), known.get(model.id, {}))
        for model in listing.models()
    )
    note = f"loaded: {', '.join(loaded) or 'nothing'}"
    return ServerFacts(models, text_of(version.get("version")), note=note)


def _by_name(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    models = tables(answer.get("models"))
    return {text_of(one.get("model") or one.get("name")): one for one in models}


def _ollama_model(name: str, loaded: Mapping[str, Any] | None, stored: Mapping[str, Any]) -> Model:
    """Return a model; only a loaded one has the context length that requests really get."""
    weights = text_of(stored.get("digest"))
    if loaded is None:
        return Model(id=name, loaded=False, weights=weights)
    level = table(loaded.get("details")).get("quantization_level")
    return Model(
        id=name,
        loaded=True,
        context_length=whole(loaded.get("context_length")),
        size_bytes=whole(loaded.get("size")),
        vram_bytes=whole(loaded.get("size_vram")) or 0,
        quantization=text_of(level),
        expires_at=text_of(loaded.get("expires_at")),
        weights=weights,
    )


async def _read_tgi(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    info = await fetch_table(client, "info")
    name = text_of(info.get("model_id"))
    if not name or not ("router" in info or "max_total_tokens" in info):
        return None
    context, sha = whole(info.get("max_total_tokens")), text_of(info.get("model_sha"))
    model = Model(id=name, context_length=context, weights=sha)
    return ServerFacts((model,), text_of(info.get("version")))


async def _read_lmstudio(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    # LM Studio answers unknown routes with an error inside a 200, which the client raises.
    native = tables((await fetch_table(client, "api/v0/models")).get("data"))
    entries = [entry for entry in native if "state" in entry]
    if not entries:
        return await _read_other(client, listing, recognized)
    models = (_lmstudio_model(entry) for entry in entries if entry.get("type") != "embeddings")
    return ServerFacts(tuple(models))


def _lmstudio_model(entry: Mapping[str, Any]) -> Model:
    loaded = entry.get("state") == "loaded"
    return Model(
        id=str(entry.get("id")),
        loaded=loaded,
        context_length=whole(entry.get("loaded_context_length")) if loaded else None,
        quantization=text_of(entry.get("quantization")),
    )


async def _read_litellm(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    # Its /health calls every model; /health/liveliness calls none.
    if not recognized and "alive" not in str(await fetch(client, "health/liveliness")):
        return None
    return ServerFacts(listing.models(), listing.headers.get("x-litellm-version", ""))


async def _read_anthropic(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    # The list comes in pages of twenty.
    if not recognized:
        return None
    try:
        page = await client.get("models?limit=1000")
    except EndpointError:
        return ServerFacts(listing.models())
    return ServerFacts(Listing(tuple(tables(table(page.data).get("data")))).models())


async def _read_other(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    return ServerFacts(listing.models()) if recognized else None


COMPATIBLE = ServerKind(
    name="OpenAI-compatible",
    recognizes=lambda client, listing: True,
    inspect=_read_other,
    lists_all_models=False,
)
KINDS = (
    ServerKind(
        name="vLLM",
        recognizes=lambda client, listing: listing.is_owned_by("vllm"),
        inspect=_read_vllm,
        many_at_once=16,
        ports=(8000,),
        metrics={
            "running": "vllm:num_requests_running",
            "waiting": "vllm:num_requests_waiting",
            "kv_cache": "vllm:kv_cache_usage_perc",
            "prompt_tokens": "vllm:prompt_tokens_total",
            "generation_tokens": "vllm:generation_tokens_total",
            "prefix_queries": "vllm:prefix_cache_queries_total",
            "prefix_hits": "vllm:prefix_cache_hits_total",
            "preemptions": "vllm:num_preemptions_total",
            "requests": "vllm:request_success_total",
            "started_at": "process_start_time_seconds",
            "ttft": "vllm:time_to_first_token_seconds",
            "inter_token": "vllm:inter_token_latency_seconds",
            "e2e": "vllm:e2e_request_latency_seconds",
        },
    ),
    ServerKind(
        name="llama.cpp",
        recognizes=lambda client, listing: (
            listing.headers.get("server") == "llama.cpp" or listing.is_owned_by("llamacpp")
        ),
        inspect=_read_llamacpp,
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
    ),
    ServerKind(
        name="SGLang",
        recognizes=lambda client, listing: listing.is_owned_by("sglang"),
        inspect=_read_sglang,
        many_at_once=16,
        ports=(30000,),
        metrics_flag="--enable-metrics",
        metrics={
            "running": "sglang:num_running_reqs",
            "waiting": "sglang:num_queue_reqs",
            "kv_cache": "sglang:token_usage",
            "prefix_hit_rate": "sglang:cache_hit_rate",
            "generation_rate": "sglang:gen_throughput",
            "prompt_tokens": "sglang:prompt_tokens_total",
            "generation_tokens": "sglang:generation_tokens_total",
            "prefix_hits": "sglang:cached_tokens_total",
            "requests": "sglang:num_requests_total",
            "ttft": "sglang:time_to_first_token_seconds",
            "inter_token": "sglang:inter_token_latency_seconds",
            "e2e": "sglang:e2e_request_latency_seconds",
        },
    ),
    ServerKind(
        name="Ollama",
        recognizes=lambda client, listing: listing.is_owned_by("library"),
        inspect=_read_ollama,
        ports=(11434,),
    ),
    ServerKind(
        name="TGI",
        recognizes=lambda client, listing: False,
        inspect=_read_tgi,
        ports=(3000,),
        metrics={
            "running": "tgi_batch_current_size",
            "waiting": "tgi_queue_size",
            "requests": "tgi_request_success",
            "generation_tokens": "tgi_request_generated_tokens_sum",
            "prompt_tokens": "tgi_request_input_length_sum",
            "inter_token": "tgi_request_mean_time_per_token_duration",
            "e2e": "tgi_request_duration",
        },
    ),
    ServerKind(
        name="LM Studio",
        recognizes=lambda client, listing: listing.is_owned_by("organization_owner"),
        inspect=_read_lmstudio,
        ports=(1234,),
    ),
    ServerKind(
        name="LiteLLM",
        recognizes=lambda client, listing: any(
            name.startswith("x-litellm-") for name in listing.headers
        ),
        inspect=_read_litellm,
        ports=(4000,),
        lists_all_models=False,
    ),
    ServerKind(
        name="OpenAI",
        recognizes=lambda client, listing: urlsplit(client.url).hostname == "api.openai.com",
        inspect=_read_other,
        lists_all_models=False,
    ),
    ServerKind(
        name="Anthropic",
        recognizes=lambda client, listing: urlsplit(client.url).hostname == "api.anthropic.com",
        inspect=_read_anthropic,
        lists_all_models=False,
    ),
    COMPATIBLE,
)


def kind_named(name: str) -> ServerKind | None:
    """Return the kind that Health.server_kind names."""
    return next((kind for kind in KINDS if kind.name == name), None)
