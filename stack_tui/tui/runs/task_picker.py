"""Find tasks by typing, and tick those to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.rows import Cell, HeadingRow, Row
from stack_tui.tui.ui.table import Table

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog

_COLUMNS = (Column("task, group or tag", 24, grow=1), Column("kind", 6))


class TaskPicker(Vertical):
    """A line to type in above the matching names; ticked ones come first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", "To the list", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another name is selected, or others are ticked."""

        picker: TaskPicker

    def __init__(self) -> None:
        super().__init__()
        self.ticked: list[str] = []
        self._catalog: Catalog | None = None
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(placeholder="type to find a task: mmlu, gsm8k, hellaswag…", compact=True)
        yield Table(_COLUMNS)

    def use(self, catalog: Catalog) -> None:
        """Offer the names of the catalog."""
        self._catalog = catalog
        self._find()

    @property
    def highlighted(self) -> str | None:
        """The name under the cursor."""
        row = self.query_one(Table).row
        return None if row is None else self._names[row]

    def action_to_list(self) -> None:
        self.query_one(Table).focus()

    @on(Input.Changed)
    def _find(self) -> None:
        if self._catalog is None:
            return
        wanted = self.query_one(Input).value.strip()
        found = self._catalog.match(wanted) if wanted else []
        found.sort(key=lambda name: (name != wanted, not name.startswith(wanted), name))
        self._names = list(dict.fromkeys([*self.ticked, *found]))
        note = f"{len(found):,} match" if wanted else f"{len(self._catalog.entries):,} in total"
        self.query_one(Table).show(range(len(self._names)), self._row, heading=HeadingRow(note))
        self.post_message(self.Changed(self))

    def _row(self, place: int) -> Row:
        name = self._names[place]
        box = "[x]" if name in self.ticked else "[ ]"
        entry = self._catalog.entries.get(name) if self._catalog else None
        return Cell(f"{box} {name}"), Cell(entry.kind if entry else "", "dim")

    @on(Input.Submitted)
    @on(Table.Selected)
    def _tick(self) -> None:
        if name := self.highlighted:
            if name in self.ticked:
                self.ticked.remove(name)
            else:
                self.ticked.append(name)
            self.query_one(Table).repaint_changed()
            self.post_message(self.Changed(self))

    @on(Table.Highlighted)
    def _moved(self) -> None:
        self.post_message(self.Changed(self))
