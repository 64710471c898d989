"""A kind of server: how to recognize it, what it serves, and how it names its metrics."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError

ServerState = Literal["up", "loading", "stale", "down", "refused"]


class Model(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model that a server offers; `loaded` is None if the server does not load on demand.

    `weights` is what the server reports of the weights behind the name: a path, a digest or a size.
    It shows when others are served under the same name.
    """

    id: str
    context_length: int | None = None
    owned_by: str = ""
    loaded: bool | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    vram_bytes: int | None = None
    quantization: str = ""
    expires_at: str = ""
    weights: str = ""


@dataclass(frozen=True)
class Listing:
    """The answer to `GET /models`: entries as sent, or the failure; and the headers."""

    entries: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: EndpointError | None = None
    latency_s: float | None = None

    def is_owned_by(self, owner: str) -> bool:
        """Return whether any model is owned by `owner`, the name that a server gives itself."""
        return any(entry.get("owned_by") == owner for entry in self.entries)

    def models(self) -> tuple[Model, ...]:
        """Return the models with the fields that all servers share."""
        return tuple(
            Model(
                id=str(entry.get("id")),
                owned_by=text_of(entry.get("owned_by")),
                context_length=whole(entry.get("max_model_len") or entry.get("context_length")),
                weights=text_of(entry.get("root")),
            )
            for entry in self.entries
        )


@dataclass(frozen=True)
class ServerFacts:
    """What a server reports of itself; `slots` is its max number of concurrent requests."""

    models: tuple[Model, ...]
    version: str = ""
    state: ServerState = "up"
    note: str = ""
    slots: int | None = None


@dataclass(frozen=True)
class ServerKind:
    """A kind of server and what the program has to know of it."""

    name: str
    """The name as people write it; Health.server_kind holds it."""
    recognizes: Callable[[Client, Listing], bool]
    """Whether the list of models alone proves that a server is of this kind."""
    inspect: Callable[[Client, Listing, bool], Awaitable[ServerFacts | None]]
    """Ask the server for more. Called with False if it was not recognized: then None for others."""
    ports: tuple[int, ...] = ()
    """The ports that it listens on by default."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """The names of metrics.py, each with the server's own name, or several that are summed."""
    lists_all_models: bool = True
    """Whether a model can be used if, and only if, it is listed."""
    many_at_once: int = 4
    """The concurrency that a benchmark starts with."""
    metrics_flag: str = ""
    """The option that a server has to be started with to have metrics."""


async def fetch(client: Client, path: str) -> Any:
    """Return the JSON at `path` under the server's root, None if there is none."""
    try:
        return (await client.get(path, root=True)).data
    except EndpointError:
        return None


async def fetch_table(client: Client, path: str) -> Mapping[str, Any]:
    """Return the JSON object at `path` under the server's root, empty if there is none."""
    return table(await fetch(client, path))


def whole(value: Any) -> int | None:
    """Return `value` if it is a positive integer, else None."""
    return value if isinstance(value, int) and value > 0 and not isinstance(value, bool) else None


def text_of(value: Any) -> str:
    """Return `value` if it is text, else an empty text."""
    return value if isinstance(value, str) else ""


def table(value: Any) -> Mapping[str, Any]:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects in a list; empty if `value` is not a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
