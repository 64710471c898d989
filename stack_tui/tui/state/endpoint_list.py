"""The list of endpoints: configured, discovered on this machine, in use, and built in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from stack_tui.config.decode import EMBEDDED, Config, Defaults, Endpoint
from stack_tui.config.resolve import EMBEDDED_ENDPOINT
from stack_tui.tui.state.metrics_history import Load

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health

EndpointOrigin = Literal["configured", "found here", "used by a run", "built in"]
EndpointRole = Literal["default", "judge"]
EndpointState = Literal["up", "loading", "stale", "down", "refused", "at rest", "asking"]

_NONE: Mapping[Endpoint, ProbeResult] = {}


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint, where it is known from, and its latest health."""

    endpoint: Endpoint
    origin: EndpointOrigin
    health: Health | None = None
    load: Load | None = None
    roles: tuple[EndpointRole, ...] = ()
    finding: ProbeResult | None = None

    @property
    def state(self) -> EndpointState:
        """Its health; "at rest" if a run would start it, "asking" before its first answer."""
        if self.health is None:
            return "asking"
        resting = self.health.state == "down" and self.health.failure is None
        return "at rest" if resting and self.endpoint.url == EMBEDDED else self.health.state

    @property
    def model(self) -> str:
        """The configured model, or the one that it serves."""
        served = self.health.model if self.health else None
        return self.endpoint.model or served or ""

    @property
    def server(self) -> str:
        """Its server kind and version."""
        return f"{self.health.server_kind} {self.health.version}".strip() if self.health else ""

    @property
    def known_as(self) -> str:
        """Where it is known from, and what it is the default for."""
        named: dict[EndpointRole, str] = {"default": "default endpoint", "judge": "default judge"}
        roles = (named[role] for role in self.roles)
        return ", ".join((self.origin, *roles))

    @property
    def busy(self) -> Load | None:
        """Its load while it is up."""
        return self.load if self.health and self.health.state == "up" else None


def list_endpoints(
    config: Config,
    found: Iterable[Endpoint],
    in_use: Iterable[Endpoint],
    embedded: bool,
    healths: Mapping[Endpoint, Health],
    loads: Mapping[Endpoint, Load],
    findings: Mapping[Endpoint, ProbeResult] = _NONE,
) -> tuple[EndpointView, ...]:
    """Return every endpoint once, with its latest health and load; configured ones come first."""
    listed: dict[Endpoint, EndpointOrigin] = dict.fromkeys(config.endpoints.values(), "configured")
    also: tuple[tuple[Iterable[Endpoint], EndpointOrigin], ...] = (
        (in_use, "used by a run"),
        (found, "found here"),
    )
    for endpoints, origin in also:
        for endpoint in endpoints:
            if not any(_same(endpoint, known) for known in listed):
                listed[endpoint] = origin
    if embedded and not any(endpoint.url == EMBEDDED for endpoint in listed):
        listed[EMBEDDED_ENDPOINT] = "built in"
    return tuple(
        EndpointView(
            endpoint,
            origin,
            healths.get(endpoint),
            loads.get(endpoint),
            roles(config, endpoint) if origin == "configured" else (),
            findings.get(endpoint),
        )
        for endpoint, origin in listed.items()
    )


def roles(config: Config, endpoint: Endpoint) -> tuple[EndpointRole, ...]:
    """Return what a configured endpoint is the default for."""
    default: tuple[EndpointRole, ...] = (
        ("default",) if endpoint.name == config.defaults.endpoint else ()
    )
    judge: tuple[EndpointRole, ...] = ("judge",) if endpoint.name in config.defaults.judges else ()
    return default + judge


def steadied(health: Health, before: Health | None) -> Health:
    """Return the health, with the latency of before if it has hardly changed, to avoid flicker."""
    if before is None or health.latency_s is None or before.latency_s is None:
        return health
    low, high = sorted((health.latency_s, before.latency_s))
    if high < 1.5 * low or high - low < 0.005:
        return msgspec.structs.replace(health, latency_s=before.latency_s)
    return health


def _same(one: Endpoint, other: Endpoint) -> bool:
    return one.url == other.url and (one.model == other.model or None in (one.model, other.model))


def first_endpoint(endpoints: Sequence[EndpointView], defaults: Defaults) -> int:
    """Return the index of the endpoint to suggest: the default one, else the first that is up."""
    names = [view.endpoint.name for view in endpoints]
    if defaults.endpoint in names:
        return names.index(defaults.endpoint)
    up = [index for index, view in enumerate(endpoints) if view.state == "up"]
    return up[0] if up else 0
