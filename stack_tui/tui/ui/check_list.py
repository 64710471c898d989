"""A list in which any number of names can be ticked."""

from collections.abc import Iterable, Sequence

from textual import on

from stack_tui.tui import bindings
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table


class CheckList(Table):
    """Names one below the other, each with a box."""

    BINDINGS = bindings.CHECK_LIST

    def __init__(self, names: Sequence[str], title: str, *, id: str | None = None) -> None:
        super().__init__((Column(title, 20, grow=1),), id=id)
        self._names = tuple(names)
        self.ticked: set[int] = set()

    def on_mount(self) -> None:
        self._show_names()

    def tick(self, places: Iterable[int]) -> None:
        """Tick these and no others."""
        self.ticked = set(places)
        self._show_names()

    def _show_names(self) -> None:
        self.show(range(len(self._names)), self._row)

    def _row(self, place: int) -> Row:
        box = "[x]" if place in self.ticked else "[ ]"
        return (Cell(f"{box} {self._names[place]}"),)

    @on(Table.Selected)
    def _toggle(self, event: Table.Selected) -> None:
        event.stop()
        self.tick(self.ticked ^ {event.row})
