"""Pane 1: the endpoints and how they are."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from stack_tui.text import fold_case
from stack_tui.tui import figures
from stack_tui.tui.documents.endpoint import Seen, brief_blocks, endpoint_blocks
from stack_tui.tui.documents.load import gpu_blocks
from stack_tui.tui.prose import Block, line
from stack_tui.tui.widgets.columns import Column
from stack_tui.tui.widgets.document import Document
from stack_tui.tui.widgets.pane import Pane, SortKey, known
from stack_tui.tui.widgets.rows import Cell, Heading, Row
from stack_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from stack_tui.endpoints.gpu import Gpus

_COLUMNS = (
    Column("state", 9),
    Column("endpoint", 9, grow=1),
    Column("server", 9, grow=2),
    Column("model", 7, grow=3),
    Column("context", 8, right=True, optional=1),
    Column("latency", 7, right=True),
)

_KEYS: tuple[Callable[[Seen], SortKey], ...] = (
    lambda seen: (seen.sign.word, seen.endpoint.name),
    lambda seen: (seen.endpoint.name,),
    lambda seen: (seen.server,),
    lambda seen: (seen.model,),
    lambda seen: known(seen.health.context_length if seen.health else None),
    lambda seen: known(seen.health.latency_s if seen.health else None),
)


class EndpointsPane(Pane):
    """Every endpoint that is configured, found on this machine or used by a run."""

    NUMBER = 1
    TITLE = "Endpoints"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "ask_again", "Ask now", id="endpoints.ask", tooltip="Ask all endpoints now"),
    ]

    def contents(self) -> Iterable[Widget]:
        yield Table(_COLUMNS)
        yield Document(classes="brief", can_focus=False)
        yield Document(classes="gpus", can_focus=False)

    def on_mount(self) -> None:
        self._seen: tuple[Seen, ...] = ()
        self.watch(self.app, "endpoints", self.show)
        self.watch(self.app, "gpus", self._show_gpus)

    def show(self, endpoints: tuple[Seen, ...]) -> None:
        """Show these endpoints."""
        self._seen = endpoints
        self.search()

    def _show_gpus(self, gpus: "Gpus | None") -> None:
        self.query_one(".gpus", Document).show(gpu_blocks(gpus))

    def search(self) -> None:
        wanted = fold_case(self.wanted)
        matching = [
            place
            for place, seen in enumerate(self._seen)
            if wanted in fold_case(f"{seen.endpoint.name} {seen.server} {seen.model}")
        ]
        order = self.in_order(matching, self._seen, _KEYS)
        self.table.show(order, self._row, heading=Heading("", self.sorted_by))
        self._show_brief()

    def _row(self, place: int) -> Row:
        seen = self._seen[place]
        health = seen.health
        context = health.context_length if health else None
        return (
            Cell(str(seen.sign), seen.sign.tone),
            Cell(seen.endpoint.name),
            Cell(seen.server, "dim"),
            Cell(seen.model.rsplit("/", 1)[-1], "dim"),
            Cell(figures.count(context), "dim"),
            Cell(figures.latency(health.latency_s if health else None), "dim"),
        )

    @on(Table.Highlighted)
    def _show_brief(self) -> None:
        brief = self.query_one(".brief", Document)
        if self.table.row is not None:
            brief.show(brief_blocks(self._seen[self.table.row]))
        elif self.wanted:
            brief.show([line("No endpoint matches; escape shows all.")])
        else:
            brief.show(
                [
                    line("No endpoint is configured, and none was found on this machine."),
                    line(""),
                    line(("Start a server, or name one in stack-tui.toml:", "dim")),
                    line("  [endpoints.local]"),
                    line('  url = "http://127.0.0.1:8000/v1"'),
                ]
            )

    @on(Table.Selected)
    def _open(self, event: Table.Selected) -> None:
        endpoint = self._seen[event.row].endpoint

        def blocks() -> list[Block]:
            return [
                block
                for seen in self._seen
                if seen.endpoint == endpoint
                for block in endpoint_blocks(seen)
            ]

        self.stack.read_on(blocks)

    def action_ask_again(self) -> None:
        self.stack.ask_endpoints_again()
