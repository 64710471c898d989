"""Text Generation Inference: /info reports its version and the max length of a request."""

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
    info = await fetch_table(client, "info")
    name = text_of(info.get("model_id"))
    if not name or not ("router" in info or "max_total_tokens" in info):
        return None
    model = Model(
        id=name,
        context_length=whole(info.get("max_total_tokens")),
        weights=text_of(info.get("model_sha")),
    )
    return ServerFacts((model,), text_of(info.get("version")))


TGI = ServerKind(
    name="TGI",
    recognizes=lambda client, listing: False,
    inspect=_inspect,
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
)
