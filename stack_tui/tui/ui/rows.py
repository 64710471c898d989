"""Draw a table's rows: cells in, a strip as wide as the table out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from stack_tui.text import one_line
from stack_tui.tui.ui.columns import Column, Layout
from stack_tui.tui.ui.icons import Tone


class Cell(NamedTuple):
    """A cell's text, shown literally and on one line, and its tone."""

    text: str
    tone: Tone = ""


Row = Sequence[Cell]
TONES = ("strong", "dim", "accent", "good", "bad", "warn")


def row_styles(widget: Widget, chosen: bool) -> dict[str, Style]:
    """Return a row's styles by tone; `chosen` is the row with the cursor."""
    styles = {tone: widget.get_component_rich_style(f"tone-{tone}") for tone in TONES}
    styles[""] = widget.visual_style.rich_style
    if chosen and widget.has_focus:
        return dict.fromkeys(styles, widget.get_component_rich_style("table--cursor"))
    if chosen:
        back = Style(bgcolor=widget.get_component_rich_style("table--cursor-idle").bgcolor)
        return {tone: style + back for tone, style in styles.items()}
    return styles


def paint_row(
    row: Row, columns: Sequence[Column], layout: Layout, styles: Mapping[str, Style], marker: str
) -> Strip:
    """Return the row, `styles` by tone, with `marker` in the first cell of the line."""
    segments = [Segment(marker, styles["accent"])]
    gap = " " * layout.gap
    for place, width in layout.widths:
        cell = row[place]
        text = _fitted(one_line(cell.text), width, columns[place].right)
        segments.append(Segment(text + gap, styles[cell.tone]))
    return Strip(segments)


class HeadingRow(NamedTuple):
    """What a heading shows besides titles; `sorted_by` is a column's place, and if descending."""

    note: str = ""
    sorted_by: tuple[int, bool] | None = None


def paint_heading(
    columns: Sequence[Column], layout: Layout, heading: HeadingRow, style: Style, accent: Style
) -> Strip:
    """Return the headings, with the note in the one that has most room."""
    note = one_line(heading.note)
    spare = {place: width - cell_len(columns[place].title) for place, width in layout.widths}
    widest = max(spare, key=lambda place: spare[place], default=-1)
    segments = [Segment(" ", style)]
    for place, width in layout.widths:
        title, here = columns[place].title, style
        if heading.sorted_by and heading.sorted_by[0] == place:
            title, here = f"{title}{'▼' if heading.sorted_by[1] else '▲'}", accent
        if note and place == widest and spare[place] > cell_len(note):
            segments.append(Segment(_fitted(title, width - cell_len(note), right=False), here))
            segments.append(Segment(note, accent))
        else:
            segments.append(Segment(_fitted(title, width, columns[place].right), here))
        segments.append(Segment(" " * layout.gap, style))
    return Strip(segments)


def _fitted(text: str, width: int, right: bool) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, width)
    return " " * (width - length) + text if right else text + " " * (width - length)
