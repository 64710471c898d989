"""The names of the panes on one line, where only one of them is shown at a time."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line, styled


class TabStrip(BlockView):
    """Marks the visible pane; clicking another goes to it."""

    CLICKABLE = True

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(can_focus=False)
        self.auto_links = False
        self._titles = tuple(titles)

    def mark(self, number: int) -> None:
        """Mark the pane of that number, counted from 1."""
        tabs = [self._tab(place, title, number) for place, title in enumerate(self._titles, 1)]
        self.show([line(" ", line(" ").join(tabs))])

    def _tab(self, place: int, title: str, marked: int) -> Content:
        name = f" {place} {title} "
        tab = styled(name, "marked tab") if place == marked else line((name, "dim"))
        return tab.stylize(Style.from_meta({"@click": f"screen.pane({place})"}))
