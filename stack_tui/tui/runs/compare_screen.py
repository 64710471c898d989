"""Two runs side by side, flips first."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from stack_tui.reports.pages.comparison_page import comparison_blocks
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.compared_samples import CHANGES, ComparedRuns, twin_blocks
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui import format
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.page_view import page_blocks
from stack_tui.tui.ui.rows import Cell, Row
from stack_tui.tui.ui.table import Table

_COLUMNS = (
    Column("change", 15),
    Column("task", 8, grow=1, optional=1),
    Column("sample", 12, grow=2),
    Column("rule", 11, right=True),
    Column("judge", 7, right=True),
)


class CompareScreen(Screen[None]):
    """Shows the verdict above, and below the samples of both runs, the selected one in full."""

    CSS_PATH = "compare_screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "Table"

    BINDINGS = bindings.COMPARE_SCREEN

    def __init__(self, compared: ComparedRuns) -> None:
        super().__init__()
        self._compared = compared
        self._flips_only = any(twin.flipped for twin in compared.twins)

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield BlockView(classes="verdict")
        with Vertical(classes="samples"):
            yield Table(_COLUMNS)
            yield BlockView(classes="detail")
        yield KeyLine()

    def on_mount(self) -> None:
        verdict = self.query_one(".verdict", BlockView)
        verdict.border_title = "b against a"
        verdict.show(page_blocks(comparison_blocks(self._compared.comparison, flips=False)))
        self._list()

    def action_flips(self) -> None:
        self._flips_only = not self._flips_only
        self._list()

    def _list(self) -> None:
        twins = self._compared.twins
        order = [n for n, twin in enumerate(twins) if not self._flips_only or twin.flipped]
        self.query_one(Table).show(order, self._row)
        self._show()

    def _row(self, place: int) -> Row:
        twin = self._compared.twins[place]
        sign = CHANGES[twin.change]
        return (
            Cell(str(sign), sign.tone),
            Cell(twin.b.task, "dim"),
            Cell(twin.b.id),
            Cell(f"{format.share(twin.a.rule_score)} → {format.share(twin.b.rule_score)}"),
            Cell(f"{format.grade(twin.a.judge_score)} → {format.grade(twin.b.judge_score)}"),
        )

    @on(Table.Highlighted)
    def _show(self) -> None:
        row = self.query_one(Table).row
        detail = self.query_one(".detail", BlockView)
        if row is None:
            key = host_of(self).key_for("compare.flips")
            detail.show([line("No sample flipped; ", (key, "accent"), " lists them all.")])
        else:
            detail.show(twin_blocks(self._compared.twins[row]), home=True)
