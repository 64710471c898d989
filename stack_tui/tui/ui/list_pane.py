"""What the four panes share: a number, a title, a list, and a search."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from stack_tui.tui import bindings
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.ui.safe_input import SafeInput
from stack_tui.tui.ui.table import Table

SortKey = tuple[Any, ...]
T = TypeVar("T")


def known(value: float | None) -> SortKey:
    """Return a sort key that puts unknown values last."""
    return (value is None, value or 0.0)


class SearchLine(SafeInput):
    """The search at the bottom of a pane: hidden until opened, it posts Changed at each key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(True)", "Clear the search"),
        Binding("down", "close(False)", "To the list"),
    ]

    @dataclass
    class Closed(Message):
        """The line was left; with `cleared` the search is over."""

        cleared: bool

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, compact=True, classes="search", select_on_focus=False)
        self.display = False

    def open(self) -> None:
        """Show the line and type in it."""
        self.display = True
        self.focus()

    def close(self) -> None:
        """Empty and hide the line."""
        self.value = ""
        self.display = False

    def action_close(self, cleared: bool) -> None:
        self.post_message(self.Closed(cleared))

    async def action_submit(self) -> None:
        self.post_message(self.Closed(False))


class Pane(Vertical):
    """A titled frame around a list and the details of its selected row."""

    NUMBER: ClassVar[int]
    TITLE: ClassVar[str]
    SPLIT_AT: ClassVar[int] = 100
    SEARCH_HINT: ClassVar[str] = "search text"
    SEARCH_HELP: ClassVar[Mapping[str, str]] = {}

    BINDINGS = bindings.PANE

    sorted_by: tuple[int, bool] | None = None

    def contents(self) -> Iterable[Widget]:
        """Return the widgets inside, without the search line."""
        return ()

    def search(self) -> None:
        """Show what matches `wanted`, sorted by `sorted_by`."""

    def compose(self) -> ComposeResult:
        yield from self.contents()
        yield SearchLine(self.SEARCH_HINT)

    def on_mount(self) -> None:
        self.border_title = Content.assemble((str(self.NUMBER), "bold"), f" {self.TITLE}")

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    @property
    def wanted(self) -> str:
        """The search text, "" if there is none."""
        return self.query_one(SearchLine).value.strip()

    def find(self, wanted: str) -> None:
        """Search for that text, as if it had been typed."""
        line = self.query_one(SearchLine)
        line.display = True
        line.value = wanted

    def on_resize(self) -> None:
        self.set_class(self.size.width >= self.SPLIT_AT, "-side-by-side")

    def action_search(self) -> None:
        self.query_one(SearchLine).open()

    def action_clear_search(self) -> None:
        self.query_one(SearchLine).close()
        self.search()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to the screen if there is no search to clear."""
        return action != "clear_search" or self.query_one(SearchLine).display

    def in_order(
        self, places: Sequence[int], items: Sequence[T], keys: Sequence[Callable[[T], SortKey]]
    ) -> Sequence[int]:
        """Return the places of `items` sorted by the chosen column; `keys` has one per column."""
        if self.sorted_by is None:
            return places
        column, descending = self.sorted_by
        return sorted(places, key=lambda place: keys[column](items[place]), reverse=descending)

    def action_sort(self) -> None:
        """Sort by the next visible column; after the last, go back to the original order."""
        shown = self.table.columns_shown
        here = self.sorted_by[0] if self.sorted_by else -1
        after = [place for place in shown if place > here]
        self.sorted_by = (after[0], False) if after else None
        self.search()

    def action_reverse(self) -> None:
        if self.sorted_by:
            self.sorted_by = (self.sorted_by[0], not self.sorted_by[1])
            self.search()

    @on(Table.HeadingClicked)
    def _sort_by(self, event: Table.HeadingClicked) -> None:
        if not self.check_action("sort", ()):
            return
        same = self.sorted_by is not None and self.sorted_by[0] == event.place
        self.sorted_by = (event.place, same and not (self.sorted_by or (0, False))[1])
        self.search()

    @on(SearchLine.Changed)
    def _search_changed(self) -> None:
        self.search()

    @on(SearchLine.Closed)
    def _search_closed(self, event: SearchLine.Closed) -> None:
        if event.cleared or not self.wanted:
            self.action_clear_search()
        self.table.focus()
