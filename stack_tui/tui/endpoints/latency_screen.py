"""Latencies of endpoints side by side, from a few small requests to one or to all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from stack_tui.config.decode import Endpoint
from stack_tui.reports.pages.endpoint_report import failure_callout
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.jobs import BackgroundJob
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.page_view import page_blocks
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table

if TYPE_CHECKING:
    from stack_tui.endpoints.latency import Latency

_COLUMNS = (
    Column("endpoint", 10, grow=1),
    Column("requests", 9),
    Column("first token", 20, right=True),
    Column("whole answer", 18, right=True),
    Column("tokens/s", 13, right=True),
)


class LatencyScreen(Screen[None]):
    """Times endpoints on request; leaving the screen stops it."""

    CSS_PATH = "latency_screen.tcss"
    AUTO_FOCUS = "Table"

    BINDINGS = bindings.LATENCY_SCREEN

    def __init__(self, endpoints: Sequence[EndpointView], current: int | None) -> None:
        super().__init__()
        self._endpoints = tuple(endpoints)
        self._current = current
        self._jobs: dict[Endpoint, BackgroundJob] = {}
        self._found: dict[Endpoint, Latency] = {}

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Vertical(classes="latencies") as frame:
            frame.border_title = "Latency"
            yield Table(_COLUMNS)
            yield BlockView(classes="brief", can_focus=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._show(self._current)

    def on_unmount(self) -> None:
        self._cancel()

    def action_time(self) -> None:
        row = self.query_one(Table).row
        if row is not None:
            self._time(self._endpoints[row].endpoint)

    def action_time_all(self) -> None:
        """Time all endpoints that are up, or at rest and started by this."""
        for seen in self._endpoints:
            if seen.state in ("up", "at rest"):
                self._time(seen.endpoint)

    def action_stop(self) -> None:
        """Send no more requests; what was measured stays."""
        self._cancel()
        self._show()

    def _cancel(self) -> None:
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()

    def _time(self, endpoint: Endpoint) -> None:
        from stack_tui.endpoints.latency import time_requests

        if endpoint in self._jobs:
            return

        def report(found: Latency) -> None:
            self.app.call_later(self._take, endpoint, found)

        def over(found: Latency | None) -> None:
            self._jobs.pop(endpoint, None)
            if found:
                self._take(endpoint, found)

        self._found.pop(endpoint, None)
        host = host_of(self)
        self._jobs[endpoint] = BackgroundJob(
            self.app, lambda: time_requests(endpoint, report), over, host.show_error
        )
        self._show()

    def _take(self, endpoint: Endpoint, found: Latency) -> None:
        self._found[endpoint] = found
        if self.is_attached:
            self._show()

    def _show(self, row: int | None = None) -> None:
        self.query_one(Table).show(range(len(self._endpoints)), self._row, row=row)
        self._show_brief()

    def _row(self, place: int) -> Row:
        from stack_tui.endpoints.latency import format_rate, format_seconds

        endpoint = self._endpoints[place].endpoint
        found = self._found.get(endpoint)
        figures = ["", "", ""]
        if found:
            figures = [format_seconds(each) for each in (found.first_token_s, found.total_s)]
            figures.append(format_rate(found.tokens_per_s))
        return (Cell(endpoint.name), self._progress(endpoint, found), *map(Cell, figures))

    def _progress(self, endpoint: Endpoint, found: Latency | None) -> Cell:
        from stack_tui.endpoints.latency import REQUESTS

        done = found.done if found else 0
        if endpoint in self._jobs:
            return Cell(f"… {done}/{REQUESTS}", "warn")
        if found and found.failure:
            return Cell(f"✗ {done}/{REQUESTS}", "bad")
        if found:
            return Cell(f"{'✓' if done == REQUESTS else '■'} {done}/{REQUESTS}", "good")
        return Cell("", "dim")

    @on(Table.Highlighted)
    def _show_brief(self) -> None:
        self.query_one(".brief", BlockView).show(self._brief())

    def _brief(self) -> list[Block]:
        from stack_tui.endpoints.latency import SENT

        row = self.query_one(Table).row
        if row is None:
            return [line("There is no endpoint to time.")]
        found = self._found.get(self._endpoints[row].endpoint)
        failed = page_blocks([failure_callout(found.failure)]) if found and found.failure else []
        one, every, stop = map(
            host_of(self).key_for, ("latency.one", "latency.all", "latency.call_off")
        )
        keys = line(
            *((one, "accent"), " times this one, ", (every, "accent"), " all that are up; "),
            *((stop, "accent"), " stops"),
        )
        shown = "median and, in brackets, range of the streamed answers"
        return [
            *failed,
            keys,
            line((f"Each gets {SENT}.", "dim")),
            line((f"Shown: {shown}.", "dim")),
        ]
