"""What the app knows of endpoints beyond the configuration: who was found, and who said what."""

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
    """The latest answer and load of each, and those that are there without being configured."""

    def __init__(self) -> None:
        self.embedded = False
        self.healths: dict[Endpoint, Health] = {}
        self.loads: dict[Endpoint, Load] = {}
        self.findings: dict[Endpoint, ProbeResult] = {}
        self._found: tuple[Endpoint, ...] = ()

    def note_answer(self, endpoint: Endpoint, health: Health) -> None:
        """Take note of how the endpoint is."""
        self.healths[endpoint] = steadied(health, self.healths.get(endpoint))

    def note_found(self, found: Iterable[Health]) -> None:
        """Take note of who answers on the local ports."""
        self._found = tuple(health.endpoint for health in found)
        for health in found:
            self.healths.setdefault(health.endpoint, health)

    def seen(self, config: Config, active: Iterable[RunCard]) -> tuple[EndpointView, ...]:
        """Return every endpoint with what is known of it, those that active runs ask included."""
        specs = [card.spec for card in active if card.spec]
        in_use = [endpoint for spec in specs for endpoint in (spec.endpoint, *spec.judges)]
        return list_endpoints(
            config, self._found, in_use, self.embedded, self.healths, self.loads, self.findings
        )
