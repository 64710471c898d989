"""What each kind of server answers, and which requests it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from tests.fakes import completions
from tests.fakes.replies import Asked, Respond

if TYPE_CHECKING:
    from tests.fakes.server import FakeServer

Name = Literal["vllm", "llamacpp", "ollama", "sglang", "tgi", "lmstudio", "litellm", "openai"]
HEADERS: dict[str, dict[str, str]] = {
    "vllm": {"Server": "uvicorn"},
    "sglang": {"Server": "uvicorn"},
    "llamacpp": {"Server": "llama.cpp"},
    "litellm": {"x-litellm-version": "1.80.0"},
}
_NOT_FOUND: dict[str, Respond] = {
    "llamacpp": Respond(404, {"error": {"message": "File Not Found", "type": "not_found_error"}}),
    "ollama": Respond(404, "404 page not found"),
    "lmstudio": Respond(200, {"error": "Unexpected endpoint or method."}),
}
_GENERATIONS = ("/chat/completions", "/completions", "/completion", "/generate")
_MOST_NAMED = 128
_TOP_N: dict[str, int] = {"vllm": 20, "openai": 20, "ollama": 20}


def is_generation(asked: Asked) -> bool:
    """Say whether the request asks the model for anything."""
    return asked.method == "POST" and asked.path.endswith(_GENERATIONS)


def refusal(server: FakeServer, asked: Asked) -> Respond | None:
    """Return what a server that is loading, wants its key or lacks the model answers."""
    if server.loading:
        error = {"message": "Loading model", "type": "unavailable_error", "code": 503}
        return Respond(503, {"error": error})
    if server.key is not None and _is_guarded(server.kind, asked.path):
        given = asked.headers.get("authorization") or asked.headers.get("x-api-key") or ""
        if given.removeprefix("Bearer ") != server.key:
            return _bad_key(server.kind, given)
    name = asked.body.get("model") if is_generation(asked) else None
    if name in (None, server.model) or server.kind in ("llamacpp", "sglang", "tgi"):
        return None
    error = {"message": f"The model `{name}` does not exist.", "type": "NotFoundError", "code": 404}
    return Respond(404, {"error": error})


def _is_guarded(kind: Name, path: str) -> bool:
    if kind == "ollama":
        return False
    if kind == "llamacpp":
        return path not in ("/health", "/v1/health")
    return path.startswith("/v1/")


def _bad_key(kind: Name, given: str) -> Respond:
    if kind == "vllm":
        return Respond(401, {"error": "Unauthorized"})
    if kind == "llamacpp":
        error: dict[str, Any] = {"message": "Invalid API Key", "type": "authentication_error"}
        return Respond(401, {"error": error | {"code": 401}})
    message = f"Incorrect API key provided: {given.removeprefix('Bearer ')}."
    return Respond(401, {"error": {"message": message, "code": "invalid_api_key"}})


def answer(server: FakeServer, asked: Asked, output: str | None) -> Respond:
    """Return what a server of that kind answers; `output` is the model's, if the test gave one."""
    if is_generation(asked):
        return _generation(server, asked, output)
    route = _ROUTES[server.kind].get(asked.path)
    if route is not None:
        return route(server, asked)
    return _NOT_FOUND.get(server.kind, Respond(404, {"detail": "Not Found"}))


def _generation(server: FakeServer, asked: Asked, output: str | None) -> Respond:
    body, path = asked.body, asked.path
    ceiling = _TOP_N.get(server.kind)
    is_chat = path.endswith("/chat/completions")
    top_n = (body.get("top_logprobs") if is_chat else body.get("logprobs")) or 0
    if ceiling is not None and top_n > ceiling:
        message = f"Requested sample logprobs of {top_n}, which is greater than max allowed: 20"
        return Respond(400, {"error": {"message": message, "code": 400}})
    if server.kind == "vllm" and len(body.get("logprob_token_ids") or ()) > _MOST_NAMED:
        message = "logprob_token_ids is too long, max allowed: 128"
        return Respond(400, {"error": {"message": message, "code": 400}})
    if is_chat:
        if body.get("response_format") and not server.json_schema:
            message = "This response_format type is unavailable now"
            return Respond(400, {"error": {"message": message}})
        if output is None:
            output = completions.constrained(body)
        return completions.chat(server.brain, body, output, server.model)
    if server.kind == "llamacpp" and path == "/completion":
        return completions.llamacpp_native(server.brain, body)
    if server.kind in ("openai", "tgi") or not path.startswith("/v1/"):
        return Respond(404, {"error": {"message": f"Invalid URL (POST {path})"}})
    if server.kind in ("vllm", "sglang"):
        named = server.named_token_ids and server.kind == "vllm"
        return completions.vllm(server.brain, body, output, server.model, named_token_ids=named)
    return completions.llamacpp(server.brain, body, output, server.model)


def _models(owner: str, **more: Any) -> Callable[[FakeServer, Asked], Respond]:
    def route(server: FakeServer, asked: Asked) -> Respond:
        entry = {"id": server.model, "object": "model", "created": 0, "owned_by": owner}
        given = {name: _filled(value, server) for name, value in more.items()}
        return Respond(body={"object": "list", "data": [entry | given]})

    return route


def _says(body: Any) -> Callable[[FakeServer, Asked], Respond]:
    return lambda server, asked: Respond(body=_filled(body, server))


def _filled(value: Any, server: FakeServer) -> Any:
    if value == "$context":
        return server.context_length
    if value == "$model":
        return server.model
    if isinstance(value, dict):
        return {name: _filled(one, server) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, server) for one in value]
    return value


def _tokenize(server: FakeServer, asked: Asked) -> Respond:
    field = "content" if server.kind == "llamacpp" else "prompt"
    special = asked.body.get("add_special" if field == "content" else "add_special_tokens")
    text = asked.body.get(field, "")
    tokens = server.brain.encode(server.brain.bos + text if special else text)
    if server.kind == "llamacpp":
        return Respond(body={"tokens": tokens})
    counted = {"count": len(tokens), "max_model_len": server.context_length}
    return Respond(body=counted | {"tokens": tokens, "token_strs": None})


def _detokenize(server: FakeServer, asked: Asked) -> Respond:
    field = "content" if server.kind == "llamacpp" else "prompt"
    return Respond(body={field: server.brain.decode(asked.body["tokens"])})


def _metrics(server: FakeServer, asked: Asked) -> Respond:
    if not server.metrics:
        error = {"code": 501, "message": "This server does not support metrics endpoint."}
        return Respond(501, {"error": error | {"type": "not_supported_error"}})
    n = len(server.asked)
    if server.kind == "llamacpp":
        return Respond(body=f"llamacpp:requests_processing 0\nllamacpp:prompt_tokens_total {n}\n")
    labels = f'{{engine="0",model_name="{server.model}"}}'
    return Respond(
        body=f"vllm:num_requests_running{labels} 0\nvllm:num_requests_waiting{labels} 0\n"
        f"vllm:prompt_tokens_total{labels} {n}\nvllm:kv_cache_usage_perc{labels} 0.25\n"
    )


_OLLAMA_MODEL = {"name": "$model", "model": "$model", "size": 2_000_000_000, "digest": "cafe"}
_ROUTES: dict[str, dict[str, Callable[[FakeServer, Asked], Respond]]] = {
    "vllm": {
        "/v1/models": _models("vllm", max_model_len="$context"),
        "/version": _says({"version": "0.32.0"}),
        "/health": lambda server, asked: Respond(),
        "/metrics": _metrics,
        "/tokenize": _tokenize,
        "/detokenize": _detokenize,
    },
    "llamacpp": {
        "/v1/models": _models("llamacpp", meta={"n_ctx": "$context", "n_ctx_train": 131072}),
        "/health": _says({"status": "ok"}),
        "/props": _says({"build_info": "b7000-abc", "total_slots": 2, "model_path": "m.gguf"}),
        "/metrics": _metrics,
        "/tokenize": _tokenize,
        "/detokenize": _detokenize,
    },
    "ollama": {
        "/": _says("Ollama is running"),
        "/v1/models": _models("library"),
        "/api/version": _says({"version": "0.13.5"}),
        "/api/tags": _says({"models": [_OLLAMA_MODEL]}),
        "/api/ps": _says(
            {
                "models": [
                    _OLLAMA_MODEL
                    | {"size_vram": 1_500_000_000, "context_length": "$context"}
                    | {"expires_at": "2026-11-24T10:00:00Z"}
                ]
            }
        ),
    },
    "sglang": {
        "/v1/models": _models("sglang", max_model_len="$context"),
        "/server_info": _says({"version": "0.5.6", "served_model_name": "$model"}),
        "/api/tags": _says({"models": [_OLLAMA_MODEL]}),
        "/tokenize": _tokenize,
    },
    "tgi": {
        "/v1/models": _models("$model"),
        "/info": _says(
            {"model_id": "$model", "version": "3.3.5", "max_total_tokens": "$context"}
            | {"router": "text-generation-router"}
        ),
    },
    "lmstudio": {
        "/v1/models": _models("organization_owner"),
        "/api/v0/models": _models(
            "", state="loaded", max_context_length=131072, loaded_context_length="$context"
        ),
    },
    "litellm": {
        "/v1/models": _models("openai"),
        "/health/liveliness": _says('"I\'m alive!"'),
    },
    "openai": {"/v1/models": _models("system")},
}
