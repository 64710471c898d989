"""What the app knows about endpoints beyond the configuration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stack_tui.config.decode import Config, Endpoint
from stack_tui.tui.state.endpoint_list import EndpointView, list_endpoints, steadied
from stack_tui.tui.state.metrics_history import Load
from stack_tui.tui.state.snapshot import RunCard

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health


class KnownEndpoints:
    """The latest health, load and probe of each endpoint, and the discovered ones."""

    def __init__(self) -> None:
        self.embedded = False
        self.healths: dict[Endpoint, Health] = {}
        self.loads: dict[Endpoint, Load] = {}
        self.findings: dict[Endpoint, ProbeResult] = {}
        self._found: tuple[Endpoint, ...] = ()

    def note_answer(self, endpoint: Endpoint, health: Health) -> None:
        """Keep the endpoint's health."""
        self.healths[endpoint] = steadied(health, self.healths.get(endpoint))

    def note_found(self, found: Iterable[Health]) -> None:
        """Keep the servers that answer on the local ports."""
        self._found = tuple(health.endpoint for health in found)
        for health in found:
            self.healths.setdefault(health.endpoint, health)

    def seen(self, config: Config, active: Iterable[RunCard]) -> tuple[EndpointView, ...]:
        """Return every endpoint with what is known of it, including those of active runs."""
        specs = [card.spec for card in active if card.spec]
        in_use = [endpoint for spec in specs for endpoint in (spec.endpoint, *spec.judges)]
        return list_endpoints(
            config, self._found, in_use, self.embedded, self.healths, self.loads, self.findings
        )
