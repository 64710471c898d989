"""The list of endpoints: configured, discovered on this machine, in use, and built in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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


@dataclass
class KnownEndpoints:
    """What is known beyond the configuration: discovered endpoints, and the latest of each."""

    found: tuple[Endpoint, ...] = ()
    embedded: bool = False
    healths: dict[Endpoint, Health] = field(default_factory=dict)
    loads: dict[Endpoint, Load] = field(default_factory=dict)
    findings: dict[Endpoint, ProbeResult] = field(default_factory=dict)

    def note_health(self, health: Health) -> None:
        """Keep the endpoint's health."""
        before = self.healths.get(health.endpoint)
        self.healths[health.endpoint] = steadied(health, before)

    def note_found(self, found: Sequence[Health]) -> None:
        """Keep the servers that answer on the local ports."""
        self.found = tuple(health.endpoint for health in found)
        for health in found:
            self.healths.setdefault(health.endpoint, health)

    def views(self, config: Config, in_use: Iterable[Endpoint]) -> tuple[EndpointView, ...]:
        """Return every endpoint once, with what is known of it; configured ones come first."""
        listed: dict[Endpoint, EndpointOrigin]
        listed = dict.fromkeys(config.endpoints.values(), "configured")
        also: tuple[tuple[Iterable[Endpoint], EndpointOrigin], ...] = (
            (in_use, "used by a run"),
            (self.found, "found here"),
        )
        for endpoints, origin in also:
            for endpoint in endpoints:
                if not any(_same(endpoint, known) for known in listed):
                    listed[endpoint] = origin
        if self.embedded and not any(endpoint.url == EMBEDDED for endpoint in listed):
            listed[EMBEDDED_ENDPOINT] = "built in"
        return tuple(
            EndpointView(
                endpoint,
                origin,
                self.healths.get(endpoint),
                self.loads.get(endpoint),
                _roles(config.defaults, endpoint) if origin == "configured" else (),
                self.findings.get(endpoint),
            )
            for endpoint, origin in listed.items()
        )


def _roles(defaults: Defaults, endpoint: Endpoint) -> tuple[EndpointRole, ...]:
    roles: dict[EndpointRole, bool] = {
        "default": endpoint.name == defaults.endpoint,
        "judge": endpoint.name in defaults.judges,
    }
    return tuple(role for role, holds in roles.items() if holds)


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
