"""Paragraphs wrapped to the width, of which only changed cells are repainted."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual

from stack_tui.tui import bindings
from stack_tui.tui.ui.blocks import Block
from stack_tui.tui.ui.line_view import LineView


class BlockView(LineView):
    """Blocks one below the other: each a paragraph, or a function from the width to its lines."""

    CLICKABLE: ClassVar[bool] = False

    BINDINGS = bindings.TEXT

    def __init__(
        self, *, id: str | None = None, classes: str | None = None, can_focus: bool | None = None
    ) -> None:
        super().__init__(id=id, classes=classes, can_focus=can_focus)
        self.auto_links = False
        self._blocks: Sequence[Block] = ()
        self._lines: list[Content] = []
        self._strips: dict[int, Strip] = {}
        self._width = 0

    def show(self, blocks: Sequence[Block], *, home: bool = False) -> None:
        """Show the blocks, from the top if `home`, otherwise at the current scroll position."""
        self._blocks = blocks
        if home:
            self.scroll_to(y=0, animate=False)
        self._lay_out()

    @property
    def text(self) -> str:
        """The wrapped lines, as plain text."""
        return "\n".join(line.plain.rstrip() for line in self._lines)

    def draw(self, y: int) -> Strip:
        place = y + self.top
        if place >= len(self._lines):
            return Strip([])
        if place not in self._strips:
            line = self._lines[place]
            strip = Visual.to_strips(self, line, self._width, 1, self.visual_style)[0]
            self._strips[place] = strip if self.CLICKABLE else strip.discard_meta()
        return self._strips[place]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if width - 1 != self._width:
            self._wrap(width - 1)
        return len(self._lines)

    def on_resize(self) -> None:
        if self.room != self._width:
            self._lay_out()
        else:  # already wrapped to find its height
            self.resize(len(self._lines))
            self.repaint_changed()

    def look_changed(self) -> None:
        self._strips.clear()

    def _lay_out(self) -> None:
        self._wrap(self.room)
        self.resize(len(self._lines))
        self.repaint_changed()

    def _wrap(self, width: int) -> None:
        self._width = width
        self._strips.clear()
        blocks = self._blocks if width > 0 else ()
        self._lines = [line for block in blocks for line in self._lines_of(block)]

    def _lines_of(self, block: Block) -> list[Content]:
        lines = [block] if isinstance(block, Content) else block(self._width)
        return [wrapped for line in lines for wrapped in line.wrap(self._width)]
