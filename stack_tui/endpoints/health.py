"""An endpoint's health, and which kind of server it is."""

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client, OnRetry
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.known_kinds import COMPATIBLE, KINDS
from stack_tui.endpoints.kinds.server_kind import (
    Listing,
    Model,
    ServerFacts,
    ServerKind,
    ServerState,
    tables,
)
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.retry import ONCE, RetryPolicy
from stack_tui.errors import Failure
from stack_tui.text import one_line

_LOADING = re.compile(r"load|start|warm|initiali|not.ready", re.IGNORECASE)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an endpoint at one moment."""

    endpoint: Endpoint
    url: str
    """The URL that was asked; of the embedded endpoint, that of its running server."""
    state: ServerState
    """Stale: something listens and does not answer."""
    checked_at: float
    """Seconds since 1970."""
    server_kind: str = ""
    """The server's name as people write it, such as vLLM; empty if nothing answered."""
    version: str = ""
    models: tuple[Model, ...] = ()
    """The models that the server lists."""
    model: str | None = None
    """The model that a run would use."""
    weights: str = ""
    """What the server reports of the weights behind the model: a path, a digest or a size."""
    context_length: int | None = None
    """Tokens of a prompt and its answer together."""
    latency_s: float | None = None
    """How long the list of models took."""
    failure: Failure | None = None
    note: str = ""
    slots: int | None = None
    """How many requests the server handles concurrently, if it reports that."""


@dataclass(frozen=True)
class ObservedHealth:
    """An endpoint's health, with the kind of server and the error it was derived from."""

    health: Health
    kind: ServerKind | None
    error: EndpointError | None


def side_client(
    endpoint: Endpoint,
    url: str | None,
    timeout_s: float,
    policy: RetryPolicy = ONCE,
    on_retry: OnRetry | None = None,
) -> Client:
    """Return a client, by default without retries, that is independent of a run's requests."""
    hurried = msgspec.structs.replace(endpoint, timeout_s=min(timeout_s, endpoint.timeout_s))
    return Client(hurried, url=url, policy=policy, limit=Limit(16), on_retry=on_retry)


async def observe(client: Client, known: str = "") -> ObservedHealth:
    """Return what the server is and serves; `known` is the kind that an earlier check found."""
    listing = await _list_models(client)
    error = listing.failure
    if error is not None and error.status is None and error.kind in ("connection", "timeout"):
        return ObservedHealth(failed(client.endpoint, client.url, error), None, error)
    kind, seen = await _recognise(client, listing, known)
    only = _only_model(seen.models)
    model = client.endpoint.model or (only.id if only else None)
    chosen = find(seen.models, model) or only
    health = Health(
        endpoint=client.endpoint,
        url=client.url,
        state=_state(error) if error is not None else seen.state,
        checked_at=time.time(),
        server_kind="" if kind is COMPATIBLE and error is not None else kind.name,
        version=one_line(seen.version, 40),
        models=seen.models,
        model=model,
        weights=one_line(chosen.weights, 200) if chosen else "",
        context_length=chosen.context_length if chosen else None,
        latency_s=listing.latency_s,
        failure=error.failure() if error is not None else None,
        note=one_line(seen.note),
        slots=seen.slots,
    )
    return ObservedHealth(health, kind, error)


async def _list_models(client: Client) -> Listing:
    try:
        reply = await client.get("models")
    except EndpointError as error:
        return Listing(headers=error.headers, failure=error)
    data = reply.data.get("data") if isinstance(reply.data, dict) else reply.data
    if isinstance(data, list):
        entries = tuple(entry for entry in tables(data) if isinstance(entry.get("id"), str))
        return Listing(entries, reply.headers, latency_s=reply.latency_s)
    failure = EndpointError(
        "bad_answer",
        "this is not a model server: it does not list models",
        where=client.where,
        remedy="Check host, port and path; the base URL usually ends in /v1.",
        status=reply.status,
    )
    return Listing(headers=reply.headers, failure=failure)


async def _recognise(
    client: Client, listing: Listing, known: str
) -> tuple[ServerKind, ServerFacts]:
    for kind in KINDS:
        if kind is COMPATIBLE or not kind.recognizes(client, listing):
            continue
        if (facts := await kind.inspect(client, listing, True)) is not None:
            return kind, facts
    if urlsplit(client.url).scheme == "http" and known != COMPATIBLE.name:
        others = [kind for kind in KINDS if kind is not COMPATIBLE and known in ("", kind.name)]
        answers = await asyncio.gather(*(kind.inspect(client, listing, False) for kind in others))
        for kind, answered in zip(others, answers, strict=True):
            if answered is not None:
                return kind, answered
    return COMPATIBLE, ServerFacts(listing.models())


def _state(error: EndpointError) -> ServerState:
    if error.kind == "auth":
        return "refused"
    if error.kind == "timeout":
        return "stale"
    return "loading" if error.status == 503 and _LOADING.search(error.what) else "down"


def failed(endpoint: Endpoint, url: str, error: EndpointError) -> Health:
    """Return the health of an endpoint of which only the error is known."""
    return Health(
        endpoint=endpoint,
        url=url,
        state=_state(error),
        checked_at=time.time(),
        model=endpoint.model,
        failure=error.failure(),
    )


def find(models: Iterable[Model], name: str | None) -> Model | None:
    """Return the model of that name; Ollama lists `name` as `name:latest`."""
    return next((model for model in models if model.id in (name, f"{name}:latest")), None)


def _only_model(models: Sequence[Model]) -> Model | None:
    loaded = [model for model in models if model.loaded]
    candidates = models if len(models) == 1 else loaded
    return candidates[0] if len(candidates) == 1 else None
