"""vLLM: `owned_by: vllm`, its version at /version; with a key set it guards /v1 only."""

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    ServerFacts,
    ServerKind,
    fetch_table,
    text_of,
)


async def _inspect(client: Client, listing: Listing, recognized: bool) -> ServerFacts | None:
    number = text_of((await fetch_table(client, "version")).get("version"))
    if not recognized and not number:
        # Asked no further: on SGLang and LiteLLM, /health makes models work.
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


VLLM = ServerKind(
    name="vLLM",
    recognizes=lambda client, listing: listing.is_owned_by("vllm"),
    inspect=_inspect,
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
)
