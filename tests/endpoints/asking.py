"""Asking a fake server in tests: clients that wait for nothing longer than they must."""

from typing import Any

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.retry import RetryPolicy
from tests.fakes import FakeServer

BODY = {"model": "fake-model", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8}


class Hurried(RetryPolicy):
    """The policy as it is, its waits cut to nothing."""

    def wait_s(self, *args: Any, **more: Any) -> float | None:
        wait = super().wait_s(*args, **more)
        return None if wait is None else 0.0


def endpoint(server: FakeServer, **more: Any) -> Endpoint:
    """Return the server as an endpoint called fake."""
    return Endpoint(**{"name": "fake", "url": server.url, "model": server.model} | more)


def client(server: FakeServer, **more: Any) -> Client:
    """Return a client of the server that retries without waiting."""
    config = {name: more.pop(name) for name in ("api_key_env", "timeout_s") if name in more}
    return Client(endpoint(server, **config), **{"policy": Hurried()} | more)
