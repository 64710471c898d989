"""Make a client of a configured endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from stack_tui.config.decode import EMBEDDED, Endpoint
from stack_tui.endpoints.client import Client, OnRetry
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.probe import check
from stack_tui.endpoints.retry import RetryPolicy
from stack_tui.endpoints.transport import AiohttpTransport, Transport


@asynccontextmanager
async def connect(
    endpoint: Endpoint,
    *,
    policy: RetryPolicy | None = None,
    limit: Limit | None = None,
    transport: Transport | None = None,
    on_retry: OnRetry | None = None,
) -> AsyncIterator[Client]:
    """Open a client for the endpoint, by aiohttp unless a `transport` is given.

    The embedded server is kept up as long as the client is open. A model that nobody named is
    filled in; it stays open if the server does not answer or serves several, which `preflight`
    reports.
    """
    url: str | None = None
    if endpoint.url == EMBEDDED:
        from stack_tui.endpoints.embedded import shared_server

        lease = await asyncio.to_thread(shared_server.acquire)
        url = lease.url
    try:
        if endpoint.model is None:
            resolved = msgspec.structs.replace(endpoint, url=url) if url else endpoint
            endpoint = msgspec.structs.replace(endpoint, model=(await check(resolved)).model)
        async with Client(
            endpoint,
            url=url,
            policy=policy,
            limit=limit,
            transport=transport or AiohttpTransport(),
            on_retry=on_retry,
        ) as client:
            yield client
    finally:
        if url is not None:
            await asyncio.to_thread(lease.close)
