"""SGLang: `owned_by: sglang`; its /health generates text and is not used."""

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    ServerFacts,
    ServerKind,
    fetch_table,
    text_of,
)


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    info = await fetch_table(client, "server_info") or await fetch_table(client, "get_server_info")
    if not recognized and "tokenizer_path" not in info and "served_model_name" not in info:
        return None
    weights = f"{text_of(info.get('model_path'))} {text_of(info.get('weight_version'))}".strip()
    models = tuple(
        msgspec.structs.replace(model, weights=model.weights or weights)
        for model in listing.models()
    )
    return ServerFacts(models, text_of(info.get("version")))


SGLANG = ServerKind(
    name="SGLang",
    recognizes=lambda client, listing: listing.is_owned_by("sglang"),
    inspect=_inspect,
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
)
