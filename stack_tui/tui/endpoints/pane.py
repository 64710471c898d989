"""Pane 1: the endpoints and their health."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from stack_tui.text import fold_case
from stack_tui.tui import bindings
from stack_tui.tui.endpoints import actions, config_changes
from stack_tui.tui.endpoints.endpoint_page import brief_blocks
from stack_tui.tui.endpoints.gpu_page import gpu_blocks, gpu_details
from stack_tui.tui.endpoints.rows import ENDPOINT_COLUMNS, ENDPOINT_KEYS, endpoint_row
from stack_tui.tui.state.endpoint_list import EndpointOrigin, EndpointView
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.rows import HeadingRow
from stack_tui.tui.ui.table import Table
from stack_tui.tui.ui.undo import Undo


class EndpointsPane(Pane):
    """Lists every endpoint that is configured, discovered on this machine or used by a run."""

    NUMBER = 1
    TITLE = "Endpoints"

    BINDINGS = bindings.ENDPOINTS

    def contents(self) -> Iterable[Widget]:
        yield Table(ENDPOINT_COLUMNS)
        yield BlockView(classes="brief", can_focus=False)
        yield BlockView(classes="gpus", can_focus=False)

    def on_mount(self) -> None:
        self._seen: tuple[EndpointView, ...] = ()
        self._undo: Undo | None = None
        self._origin: EndpointOrigin | None = None
        self.watch(self.app, "endpoints", self.show)
        below = self.query_one(".gpus", BlockView)
        self.watch(self.app, "gpus", lambda gpus: below.show(gpu_blocks(gpus)))

    def show(self, endpoints: tuple[EndpointView, ...]) -> None:
        """Show these endpoints."""
        self._seen = endpoints
        self.search()

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        matching = [
            place
            for place, seen in enumerate(self._seen)
            if wanted in fold_case(f"{seen.endpoint.name} {seen.server} {seen.model}")
        ]
        order = self.in_order(matching, self._seen, ENDPOINT_KEYS)
        rows = self._seen
        heading = HeadingRow("", self.sorted_by)
        self.table.show(order, lambda place: endpoint_row(rows[place]), heading=heading)
        self._show_brief()

    @on(Table.Highlighted)
    def _show_brief(self) -> None:
        seen = self.current
        origin = seen.origin if seen else None
        if origin != self._origin:
            self._origin = origin
            self.refresh_bindings()
        brief = self.query_one(".brief", BlockView)
        if seen:
            brief.show(brief_blocks(seen))
        elif self.wanted:
            brief.show([line("No endpoint matches. Press escape to show all.")])
        else:
            brief.show(self._empty())

    def _empty(self) -> list[Block]:
        add = self.host.key_for("endpoints.add")
        path = config_changes.path_of(self.host.config)
        does = "are saved in" if path.exists() else "will be saved in"
        return [
            line("No endpoint is configured, and none was discovered on this machine."),
            line(""),
            line("Start a server, or press ", (add, "accent"), " to add one by its URL."),
            line((f"Endpoints {does} {path}.", "dim")),
        ]

    @property
    def current(self) -> EndpointView | None:
        """The endpoint under the cursor."""
        row = self.table.row
        return None if row is None else self._seen[row]

    @on(Table.Selected)
    def _open(self, event: Table.Selected) -> None:
        from stack_tui.tui.endpoints.endpoint_screen import EndpointScreen

        self.app.push_screen(EndpointScreen(self._seen[event.row].endpoint))

    def action_poll(self) -> None:
        self.host.poll_endpoints()

    def action_latency(self) -> None:
        from stack_tui.tui.endpoints.latency_screen import LatencyScreen

        self.app.push_screen(LatencyScreen(self._seen, self.table.row))

    def action_gpus(self) -> None:
        self.host.show_page(lambda: gpu_details(self.host.gpus))

    def action_add(self) -> None:
        actions.add(self.host, self._changed)

    def action_change(self, name: str) -> None:
        """Do what `name` says with the endpoint under the cursor."""
        if seen := self.current:
            actions.ACTIONS[name](self.host, seen, self._changed)

    def action_undo(self) -> None:
        if undo := self._undo:
            actions.change(self.host, self._changed, lambda: config_changes.take_back(undo))
        else:
            self.host.show_message("Nothing to undo.")

    def _changed(self, undo: Undo | None) -> None:
        if undo:
            self._undo = undo
            key = self.host.key_for("endpoints.undo")
            self.host.show_message(f"{undo.what}. Press {key} to undo.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the selected endpoint does not allow."""
        if action != "change" or parameters == ("edit",):
            return super().check_action(action, parameters)
        seen = self.current if self.is_mounted else None
        fits = seen and (seen.origin == "configured") == (parameters != ("keep",))
        return True if fits else None
