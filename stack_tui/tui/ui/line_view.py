"""A scrolled widget drawn line by line, where a change repaints only the cells it changed."""

from abc import abstractmethod
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

_THUMB = "┃"


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines under `heading` fixed ones, with a scroll mark drawn in the last column.

    Over SSH every repainted cell counts: Textual's own scrollbars, and a layout whenever a list
    grows, would cost kilobytes a second.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--thumb"}

    def __init__(
        self,
        *,
        heading: int = 0,
        id: str | None = None,
        classes: str | None = None,
        can_focus: bool | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes, can_focus=can_focus)
        self.heading = heading
        self._painted: dict[int, Strip] = {}
        self._drawn: dict[int, Strip] = {}
        self._drawn_at: tuple[int, Size] = (0, Size())
        self._look: object = None

    @abstractmethod
    def draw(self, y: int) -> Strip:
        """Return the line at `y` of the widget as it is now, `room` cells wide or less."""

    @property
    def top(self) -> int:
        """The first line that is seen under the heading."""
        return round(self.scroll_y)

    @property
    def page(self) -> int:
        """How many lines are seen under the heading."""
        return max(0, self.size.height - self.heading)

    @property
    def room(self) -> int:
        """The cells of a line; the last column of the widget is the scroll mark's."""
        return max(0, self.size.width - 1)

    @property
    def allow_vertical_scroll(self) -> bool:
        return self.max_scroll_y > 0

    def render_line(self, y: int) -> Strip:
        strip = self._drawn.pop(y, None) if self._drawn_at == (self.top, self.size) else None
        self._painted[y] = strip = strip or self._marked(y)
        return strip

    def resize(self, lines: int) -> None:
        """Set how many lines there are under the heading; lays out only if it must."""
        size = Size(0, lines + self.heading)
        if size != self.virtual_size:
            # Set without its watchers: they would lay out the whole screen for every new row.
            self.set_reactive(ScrollView.virtual_size, size)
            self.scroll_y = min(self.scroll_y, self.max_scroll_y)
            if self.styles.is_auto_height:
                self.refresh(layout=True)

    def repaint_changed(self) -> None:
        """Repaint the cells that differ from what the terminal shows."""
        # Textual paints later, by render_line. The lines drawn here for the comparison are kept
        # for it, as long as nothing was scrolled or resized in between.
        self._drawn.clear()
        self._drawn_at = (self.top, self.size)
        for y in range(self.size.height):
            before, now = self._painted.get(y), self._marked(y)
            if before != now:
                self._drawn[y] = now
                x, width = _changed(before, now) if before else (0, self.size.width)
                self.refresh(Region(x, y, width, 1))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        look = (self.visual_style, self.app.theme)
        if look != self._look:
            self._look = look
            self._painted.clear()
            self._drawn.clear()
            self.look_changed()

    def look_changed(self) -> None:
        """Forget everything that was drawn in the colours of before."""

    def on_click(self, event: events.Click) -> None:
        """Scroll to where the last column was clicked."""
        if event.x == self.room and self.max_scroll_y:
            event.stop()
            share = (event.y - self.heading) / max(1, self.page - 1)
            self.scroll_to(y=round(share * self.max_scroll_y), animate=False)

    def _marked(self, y: int) -> Strip:
        style = self.visual_style.rich_style
        strip = self.draw(y).adjust_cell_length(self.room, style).simplify()
        if y - self.heading in self._thumb():
            style = self.get_component_rich_style("line-view--thumb")
            return Strip([*strip, Segment(_THUMB, style)])
        return Strip([*strip, Segment(" ", style)])

    def _thumb(self) -> range:
        lines = self.virtual_size.height - self.heading
        if lines <= self.page or not self.page:
            return range(0)
        length = max(1, self.page * self.page // lines)
        start = round(self.top / max(1, lines - self.page) * (self.page - length))
        return range(start, start + length)


def _changed(before: Strip, now: Strip) -> tuple[int, int]:
    """Return the first cell in which the lines differ, and how many cells it is to the last."""
    # By cells, not by segments: a row whose tone changed in one column has other segments from
    # there on, though most of its cells look the same.
    old, new = _cells(before), _cells(now)
    others = [x for x, (a, b) in enumerate(zip(old, new, strict=False)) if a != b]
    if len(old) != len(new) or not others:
        return 0, max(len(old), len(new))
    return others[0], others[-1] - others[0] + 1


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """Return each cell's character and style; a wide character stands in both of its cells."""
    return [
        (sign, segment.style)
        for segment in strip
        for sign in segment.text
        for _ in range(cell_len(sign))
    ]
