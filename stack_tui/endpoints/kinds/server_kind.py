"""What a kind of server is to us: how it shows itself, what it serves, how it names its metrics."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError

ServerState = Literal["up", "loading", "stale", "down", "refused"]


class Model(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model that a server offers; `loaded` is None where the server loads none on demand.

    `weights` is what the server says of the weights behind the name: a path, a digest, a size; it
    tells where others are served under the same name.
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
    """What came back from `GET /models`: entries as sent, or the failure; and the headers."""

    entries: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: EndpointError | None = None
    latency_s: float | None = None

    def is_owned_by(self, owner: str) -> bool:
        """Say whether any model is owned by `owner`, the name a server gives itself there."""
        return any(entry.get("owned_by") == owner for entry in self.entries)

    def models(self) -> tuple[Model, ...]:
        """Return the models with what all servers say alike."""
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
    """What a server said of itself; `slots` is how many requests it works on at once, at most."""

    models: tuple[Model, ...]
    version: str = ""
    state: ServerState = "up"
    note: str = ""
    slots: int | None = None


@dataclass(frozen=True)
class ServerKind:
    """A kind of server; `name` is how people write it, and what Health.server_kind holds.

    `is_shown` tells from the model list alone that a server is of this kind, and `look` then asks
    it for more. Asked without such a sign, `look` returns None for a server of any other kind.
    `metrics` maps the standard names of metrics.py to this kind's own, the sum of them where a
    space stands between. `lists_all_models` is False
    where being listed does not prove that a model can be used, nor being unlisted that it cannot.
    `many_at_once` is how many requests it is known to gain from in a run that only wants to end.
    `metrics_flag` is what a server must be started with before it gives any.
    """

    name: str
    is_shown: Callable[[Client, Listing], bool]
    look: Callable[[Client, Listing, bool], Awaitable[ServerFacts | None]]
    ports: tuple[int, ...] = ()
    metrics: Mapping[str, str] = field(default_factory=dict)
    lists_all_models: bool = True
    many_at_once: int = 4
    metrics_flag: str = ""


async def fetch(client: Client, path: str) -> Any:
    """Return what the server has at `path` under its root, None where it has nothing there."""
    try:
        return (await client.get(path, root=True)).data
    except EndpointError:
        return None


async def fetch_table(client: Client, path: str) -> Mapping[str, Any]:
    """Return the JSON object at `path` under the root, an empty one where there is none."""
    data = await fetch(client, path)
    return data if isinstance(data, dict) else {}


def whole(value: Any) -> int | None:
    """Return `value` where it is a positive integer."""
    return value if isinstance(value, int) and value > 0 and not isinstance(value, bool) else None


def text_of(value: Any) -> str:
    """Return `value` where it is text, else an empty one."""
    return value if isinstance(value, str) else ""


def tables(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects in a list, none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
