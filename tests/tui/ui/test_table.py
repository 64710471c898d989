"""The table of every long list."""

import asyncio
from collections.abc import Awaitable, Callable

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.line_view import _changed
from stack_tui.tui.ui.rows import Cell, HeadingRow, Row
from stack_tui.tui.ui.table import Table


class TableApp(App[None]):
    CSS = "Table { height: 11; width: 40; }"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.highlighted: list[int | None] = []
        self.selected: list[int] = []
        self.headings: list[int] = []

    def compose(self) -> ComposeResult:
        yield Table((Column("number", 10), Column("name", 10, grow=1)))

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def cells(self, row: int) -> Row:
        self.asked.append(row)
        return Cell(str(row)), Cell(f"row {row}")

    @on(Table.Highlighted)
    def _highlighted(self, event: Table.Highlighted) -> None:
        self.highlighted.append(event.row)

    @on(Table.HeadingClicked)
    def _heading_clicked(self, event: Table.HeadingClicked) -> None:
        self.headings.append(event.place)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected) -> None:
        self.selected.append(event.row)

    def line(self, y: int) -> str:
        return self.table.render_line(y).text.rstrip()


def drive(body: Callable[[TableApp, Pilot[None]], Awaitable[None]]) -> None:
    async def main() -> None:
        app = TableApp()
        async with app.run_test(size=(40, 12)) as pilot:
            await body(app, pilot)

    asyncio.run(main())


def test_only_the_rows_that_are_seen_are_asked_for() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(100_000), app.cells)
        await pilot.press("end")
        await pilot.pause()
        assert set(app.asked) <= {*range(10), *range(99_990, 100_000)}
        assert "99999" in app.line(10)

    drive(body)


def test_the_cursor_moves_by_keys_and_says_where_it_stands() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(50), app.cells)
        await pilot.press("down", "j", "k", "pagedown", "enter", "G", "g")
        await pilot.pause()
        assert app.highlighted == [0, 1, 2, 1, 10, 49, 0]
        assert app.selected == [10]

    drive(body)


def test_a_click_goes_to_a_row_and_a_second_opens_it() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(50), app.cells)
        await pilot.click(Table, offset=(5, 4))
        await pilot.click(Table, offset=(5, 4))
        assert app.table.row == 3
        assert app.selected == [3]

    drive(body)


def test_an_order_sorts_and_filters_without_touching_the_rows() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show([7, 3, 5], app.cells)
        await pilot.pause()
        assert [app.line(y).split()[-1] for y in (1, 2, 3)] == ["7", "3", "5"]
        assert app.line(4) == ""

    drive(body)


def test_the_cursor_stays_with_its_row_when_the_order_changes() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show([1, 2, 3], app.cells)
        await pilot.press("down")
        app.table.show([3, 9, 2, 1], app.cells)
        assert app.table.row == 2

    drive(body)


def test_rows_that_come_in_above_do_not_move_what_one_reads() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(100, 200), app.cells)
        await pilot.press("G", "k")
        await pilot.pause()
        line = next(y for y in range(1, 11) if "▌" in app.line(y))
        app.table.show(range(50, 200), app.cells)
        await pilot.pause()
        assert "198" in app.line(line)

    drive(body)


def test_on_the_last_row_by_its_key_the_cursor_follows_what_is_appended() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(50), app.cells)
        await pilot.press("end")
        app.table.show(range(60), app.cells)
        assert app.table.row == 59
        await pilot.press("up")
        app.table.show(range(70), app.cells)
        assert app.table.row == 58

    drive(body)


def test_appending_out_of_sight_paints_nothing_but_the_scroll_mark() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(100), app.cells)
        await pilot.pause()
        app.table.show(range(101), app.cells)
        assert not app.table._repaint_regions

    drive(body)


def test_an_empty_table_has_no_row_and_takes_any_key() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show([], app.cells)
        await pilot.press("down", "end", "home", "pageup", "enter")
        assert app.table.row is None
        assert app.selected == []

    drive(body)


def test_a_cell_is_shown_literally_on_one_line() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show([0], lambda _: (Cell("[b]\x1b]0;x"), Cell("a\nb\u202e")))
        await pilot.pause()
        assert app.line(1) == "▌[b]␛]0;x    a b\ufffd"

    drive(body)


def test_a_column_that_is_sorted_by_is_marked_and_a_click_on_a_title_asks_for_it() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(3), app.cells, heading=HeadingRow("", (1, True)))
        await pilot.pause()
        assert app.line(0).split() == ["number", "name▼"]
        await pilot.click(Table, offset=(2, 0))
        await pilot.click(Table, offset=(20, 0))
        assert app.headings == [0, 1]

    drive(body)


def test_the_note_stands_among_the_headings() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(3), app.cells, heading=HeadingRow("3 in all"))
        await pilot.pause()
        assert app.line(0).split() == ["number", "name", "3", "in", "all"]

    drive(body)


def test_of_a_changed_line_only_the_cells_that_differ_are_painted_again() -> None:
    before = Strip([Segment("abc", Style(bold=True)), Segment("日本 12")])
    after = Strip([Segment("abc", Style(bold=True)), Segment("日本 34")])
    assert _changed(before, after) == (8, 2)
    assert _changed(before, Strip([Segment("abc"), Segment("日本 12")])) == (0, 3)
    assert _changed(before, Strip([Segment("longer than before")])) == (0, 18)


def test_a_row_that_changed_is_drawn_once() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(100), app.cells)
        await pilot.pause()
        app.asked.clear()
        app.table.show(range(100, 200), app.cells)
        await pilot.pause()
        assert sorted(app.asked) == list(range(100, 110))

    drive(body)


def test_a_row_that_is_scrolled_before_it_is_painted_shows_what_is_there_now() -> None:
    async def body(app: TableApp, pilot: Pilot[None]) -> None:
        app.table.show(range(100), app.cells)
        app.table.scroll_to(y=50, animate=False)
        await pilot.pause()
        assert "row 50" in app.line(1)
        app.table.show(range(200, 300), app.cells)
        app.table.scroll_to(y=0, animate=False)
        await pilot.pause()
        assert "row 200" in app.line(1)

    drive(body)
