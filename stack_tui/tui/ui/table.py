"""The table behind every long list: it draws the visible rows and stores none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from stack_tui.tui import bindings
from stack_tui.tui.ui.columns import Column, Layout, fit
from stack_tui.tui.ui.line_view import LineView
from stack_tui.tui.ui.rows import TONES, HeadingRow, Row, paint_heading, paint_row, row_styles

_NO_HEADING = HeadingRow()


class Table(LineView):
    """A list of rows under fixed headings, with a cursor.

    Rows have the numbers that their source gives them. `order` holds the numbers to list, so that
    sorting and filtering 14,000 rows touches none of them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--heading",
        "table--note",
        "table--cursor",
        "table--cursor-idle",
        *(f"tone-{tone}" for tone in TONES),
    }

    BINDINGS = bindings.TABLE

    @dataclass
    class Highlighted(Message):
        """The cursor moved to another row; None if there is none."""

        table: "Table"
        row: int | None

    @dataclass
    class Selected(Message):
        """Enter was pressed on the row, or the row with the cursor was clicked."""

        table: "Table"
        row: int

    @dataclass
    class HeadingClicked(Message):
        """The title of the column at that place was clicked."""

        table: "Table"
        place: int

    # A reactive, since its watchers are painted with the cursor; a message arrives a frame later.
    highlighted: var[int | None] = var(None)

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:
        super().__init__(heading=1, id=id)
        self._columns = tuple(columns)
        self._cells: Callable[[int], Row] = lambda _: ()
        self._order: Sequence[int] = range(0)
        self._position = 0
        self._follows = False
        self._heading = HeadingRow()
        self._layout_of: tuple[int, Layout] = (0, Layout())
        self._styles: dict[tuple[bool, bool], Mapping[str, Style]] = {}

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Use these columns for the rows that are shown next."""
        self._columns = tuple(columns)
        self._layout_of = (0, Layout())

    @property
    def row(self) -> int | None:
        """The number of the row with the cursor."""
        return self._order[self._position] if self._order else None

    @property
    def columns_shown(self) -> list[int]:
        """The places of the columns that fit."""
        return [place for place, _ in self._fit(self.room).widths]

    @property
    def order(self) -> Sequence[int]:
        """The numbers of the listed rows, top to bottom."""
        return self._order

    def show(
        self,
        order: Sequence[int],
        cells: Callable[[int], Row],
        *,
        row: int | None = None,
        heading: HeadingRow = _NO_HEADING,
    ) -> None:
        """List the rows numbered in `order`; `cells` is called for the visible ones only.

        The cursor goes to `row`, or stays with its row, which keeps its line on the screen.
        `heading` holds what the heading shows besides titles.
        """
        before, line = self.row, self._position - self.top
        self._follows = self._follows and row is None
        self._order, self._cells, self._heading = order, cells, heading
        wanted = before if row is None else row
        self._position = self._find(wanted)
        self.resize(len(order))
        if before == self.row:
            self._scroll(self._position - line)
        else:
            self._reveal()
        if self.row != before:
            self._report_row()
        self.repaint_changed()

    def _report_row(self) -> None:
        self.highlighted = self.row
        self.post_message(self.Highlighted(self, self.row))

    def _find(self, row: int | None) -> int:
        last = max(0, len(self._order) - 1)
        if self._follows:
            return last
        if row is not None:
            try:
                return self._order.index(row)
            except ValueError:
                pass
        return min(self._position, last)

    def go_to(self, position: int) -> None:
        """Put the cursor on the row at `position` of the list, counted from 0."""
        if not self._order:
            return
        self._follows = False
        before = self._position
        self._position = min(max(position, 0), len(self._order) - 1)
        self._reveal()
        if self._position != before:
            self._report_row()
            self.repaint_changed()

    def action_move(self, rows: int) -> None:
        self.go_to(self._position + rows)

    def action_page(self, pages: int) -> None:
        self.go_to(self._position + pages * max(1, self.page - 1))

    def action_first(self) -> None:
        self.go_to(0)

    def action_last(self) -> None:
        self.go_to(len(self._order) - 1)
        self._follows = True

    def action_select(self) -> None:
        if self.row is not None:
            self.post_message(self.Selected(self, self.row))

    def on_click(self, event: events.Click) -> None:
        position = event.y - self.heading + self.top
        if event.y < self.heading and (place := self._fit(self.room).at(event.x - 1)) is not None:
            self.post_message(self.HeadingClicked(self, place))
        if event.y < self.heading or event.x == self.room or position >= len(self._order):
            return
        if position == self._position:
            self.action_select()
        else:
            self.go_to(position)

    @on(events.Focus)
    @on(events.Blur)
    def _repaint_cursor(self) -> None:
        self.repaint_changed()

    def on_resize(self) -> None:
        self._reveal()

    def look_changed(self) -> None:
        self._styles.clear()

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=y, animate=False)

    def _reveal(self) -> None:
        if self.page and self._position < self.top:
            self._scroll(self._position)
        elif self.page and self._position >= self.top + self.page:
            self._scroll(self._position - self.page + 1)

    def draw(self, y: int) -> Strip:
        layout = self._fit(self.room)
        if y < self.heading:
            style = self.get_component_rich_style("table--heading")
            accent = self.get_component_rich_style("table--note")
            return paint_heading(self._columns, layout, self._heading, style, accent)
        position = y - self.heading + self.top
        if position >= len(self._order):
            return Strip([])
        chosen = position == self._position
        styles = self._styles_of(chosen)
        row = self._cells(self._order[position])
        strip = paint_row(row, self._columns, layout, styles, "▌" if chosen else " ")
        return strip.adjust_cell_length(self.room, styles[""])

    def _fit(self, room: int) -> Layout:
        if self._layout_of[0] != room:
            self._layout_of = (room, fit(self._columns, room - 1))
        return self._layout_of[1]

    def _styles_of(self, chosen: bool) -> Mapping[str, Style]:
        key = (chosen, self.has_focus)
        if key not in self._styles:
            self._styles[key] = row_styles(self, chosen)
        return self._styles[key]
