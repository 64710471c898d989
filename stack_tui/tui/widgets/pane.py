"""What the four panes have in common: a number, a title, a list, and a search through it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from stack_tui.tui.widgets.search_line import SearchLine
from stack_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from stack_tui.tui.app import StackApp


class Pane(Vertical):
    """A titled frame around a list and what belongs to its current row."""

    NUMBER: ClassVar[int]
    TITLE: ClassVar[str]
    SPLIT_AT: ClassVar[int] = 100

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", id="pane.search"),
        Binding("escape", "clear_search", "Clear the search", show=False, system=True),
    ]

    def contents(self) -> Iterable[Widget]:
        """Return what is inside, the search line excepted."""
        raise NotImplementedError

    def search(self) -> None:
        """Show what matches `wanted`."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield from self.contents()
        yield SearchLine()

    def on_mount(self) -> None:
        self.border_title = Content.assemble((str(self.NUMBER), "bold"), f" {self.TITLE}")

    @property
    def stack(self) -> "StackApp":
        """The app, as the panes know it."""
        return cast("StackApp", self.app)

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    @property
    def wanted(self) -> str:
        """What is looked for, empty where nothing is."""
        return self.query_one(SearchLine).value.strip()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= self.SPLIT_AT, "-side-by-side")

    def action_search(self) -> None:
        self.query_one(SearchLine).open()

    def action_clear_search(self) -> None:
        self.query_one(SearchLine).close()
        self.search()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to the screen where there is no search to clear."""
        return action != "clear_search" or self.query_one(SearchLine).display

    @on(SearchLine.Changed)
    def _search_changed(self) -> None:
        self.search()

    @on(SearchLine.Closed)
    def _search_closed(self, event: SearchLine.Closed) -> None:
        if event.cleared or not self.wanted:
            self.action_clear_search()
        self.table.focus()
