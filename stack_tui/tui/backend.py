"""Slow work that the app starts in a thread: its modules are imported only when it is done."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.config.decode import Endpoint

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.endpoints.capabilities import Capabilities
    from stack_tui.worker.requests import RunRequest


def start(request: RunRequest, results: Path) -> Path:
    """Start the run and return its folder in `results`; blocks until its worker has begun."""
    from stack_tui.worker import launch

    return launch.start(request, results)


def open_catalog() -> Catalog:
    """Return the catalog of lm-eval's tasks."""
    from stack_tui.benchmarks.catalog import catalog

    return catalog.open_catalog()


def probe(endpoint: Endpoint) -> Capabilities:
    """Return what the endpoint can do, found by a few requests for one token each."""
    from stack_tui.endpoints.connect import connect
    from stack_tui.endpoints.probe import preflight, probe
    from stack_tui.endpoints.retry import ONCE

    async def ask() -> Capabilities:
        async with connect(endpoint, policy=ONCE) as client:
            await preflight(client)
            return await probe(client)

    return asyncio.run(ask())


def has_embedded() -> bool:
    """Return whether the built-in endpoint's packages are installed."""
    from stack_tui.endpoints.embedded import shared_server

    return shared_server.available()
