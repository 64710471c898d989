"""From a configured endpoint to a client."""

import asyncio
import subprocess
import sys

import pytest

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.limit import Limit
from tests.endpoints.asking import BODY, endpoint
from tests.fakes import FakeServer

HEAVY = {"httpx", "aiohttp", "prometheus_client", "pynvml", "email.message", "urllib.request"}


def model_of(server: FakeServer, model: str | None) -> str | None:
    async def open_it() -> str | None:
        async with connect(endpoint(server, model=model)) as client:
            return client.endpoint.model

    return asyncio.run(open_it())


def test_the_only_model_is_filled_in() -> None:
    with FakeServer() as server:
        assert model_of(server, None) == "fake-model"


def test_a_named_model_stays() -> None:
    with FakeServer() as server:
        assert model_of(server, "other") == "other"
        assert server.requests == []


def test_an_unreachable_server_leaves_the_model_open() -> None:
    with FakeServer() as server:
        pass
    assert model_of(server, None) is None


def test_the_client_asks_and_is_closed() -> None:
    async def use(server: FakeServer) -> Client:
        async with connect(endpoint(server), limit=Limit(3)) as client:
            await client.post("chat/completions", BODY)
            assert client.limit.current == 3
            return client

    with FakeServer() as server:
        asyncio.run(use(server))
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "module",
    ["client", "connect", "probe", "metrics", "gpu", "chat", "limit"],
)
def test_importing_the_room_loads_no_http_library(module: str) -> None:
    script = f"import stack_tui.endpoints.{module}, sys; print('loaded:', *sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert HEAVY.isdisjoint(ran.stdout.rpartition("loaded:")[2].split())
