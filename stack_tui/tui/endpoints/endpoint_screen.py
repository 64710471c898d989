"""An endpoint on the whole screen, with what it can do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stack_tui.config.decode import Endpoint
from stack_tui.tui import bindings
from stack_tui.tui.endpoints.endpoint_page import endpoint_blocks
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.jobs import BackgroundJob
from stack_tui.tui.page_screen import PageScreen
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui.blocks import Block, line

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult

_PROBE_S = 120.0


class EndpointScreen(PageScreen):
    """Shows one endpoint, and probes it at once if it is idle and on this machine."""

    BINDINGS = bindings.ENDPOINT_SCREEN

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(self._page)
        self._endpoint = endpoint
        self._probe: BackgroundJob | None = None
        self._probing = ""

    def on_mount(self) -> None:
        seen = self._seen
        if seen and not seen.finding and _is_idle_and_near(seen) and not self._in_use:
            self.action_probe()

    def on_unmount(self) -> None:
        if self._probe:
            self._probe.cancel()

    def action_probe(self) -> None:
        """Probe what it can do."""
        from stack_tui.endpoints.examine import examine

        if self._probing:
            return
        endpoint = self._endpoint
        self._probing = "probing…"
        self._show()
        self._probe = BackgroundJob(
            self.app, lambda: examine(endpoint, _PROBE_S), self._take, self._host.show_error
        )

    def _take(self, finding: ProbeResult) -> None:
        self._probing = ""
        self._host.note_probe(self._endpoint, finding)

    @property
    def _host(self) -> Host:
        return host_of(self)

    @property
    def _seen(self) -> EndpointView | None:
        return next((s for s in self._host.endpoints if s.endpoint == self._endpoint), None)

    @property
    def _in_use(self) -> bool:
        """Whether a run uses that server, so that a probe would slow it down."""
        return any(
            card.spec
            and self._endpoint.url in (e.url for e in (card.spec.endpoint, *card.spec.judges))
            for card in self._host.snapshot.active
        )

    def _page(self) -> list[Block]:
        seen = self._seen
        if seen is None:
            return [line("This endpoint no longer exists.")]
        return endpoint_blocks(seen, self._host.key_for("endpoint.probe"), self._probing)


def _is_idle_and_near(seen: EndpointView) -> bool:
    """Return whether a probe costs nothing: no money, no waiting, no loading of a model."""
    if seen.health is None or seen.health.state != "up":
        return False
    near = urlsplit(seen.health.url).hostname in ("127.0.0.1", "localhost", "::1")
    idle = not (seen.load and seen.load.running)
    return near and idle and all(model.loaded is not False for model in seen.health.models)
