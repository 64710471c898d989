"""A list in which any number of names can be ticked."""

from collections.abc import Iterable, Sequence

from textual import on

from stack_tui.tui import bindings
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.rows import Cell
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
        boxes = ["[x]" if place in self.ticked else "[ ]" for place in range(len(self._names))]
        self.show(range(len(boxes)), lambda row: (Cell(f"{boxes[row]} {self._names[row]}"),))

    @on(Table.Selected)
    def _toggle(self, event: Table.Selected) -> None:
        event.stop()
        self.tick(self.ticked ^ {event.row})
