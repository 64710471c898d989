"""One of several things, chosen from a list."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from stack_tui.tui import bindings
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table


class Choose(ModalScreen[int | None]):
    """Gives the place of the name that enter was pressed on, None where one thinks better of it."""

    CSS_PATH = "form.tcss"

    BINDINGS = bindings.DIALOG

    def __init__(self, title: str, names: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = tuple(names)

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(self._title)
            form.border_subtitle = "enter chooses"
            table = Table((Column("", 20, grow=1),))
            table.styles.height = min(len(self._names), 12) + 1
            yield table

    def on_mount(self) -> None:
        self.query_one(Table).show(range(len(self._names)), self._row)

    def _row(self, place: int) -> Row:
        return (Cell(self._names[place]),)

    @on(Table.Selected)
    def _chosen(self, event: Table.Selected) -> None:
        self.dismiss(event.row)
