"""A page of the reports as blocks for the screen: the app shows what the commands print."""

from collections.abc import Iterable, Sequence

from textual.content import Content

from stack_tui.reports.pages import model as m
from stack_tui.text import one_line
from stack_tui.tui.ui.blocks import LABEL_WIDTH, Block, body, field, heading, line

_LABEL_MOST = 26
_CELL_MOST = 60
_ROWS = 200


def page_blocks(blocks: Iterable[m.PageBlock]) -> list[Block]:
    """Return the blocks to draw, without samples and charts: the app has panes for them."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, m.Heading) and found:
            found.append(line(""))
        found += _drawn(block)
    return found


def page_document(page: m.Page) -> list[Block]:
    """Return the page with its title, for a screen of its own."""
    return [line((one_line(page.title), "strong")), line(""), *page_blocks(page.blocks)]


def _drawn(block: m.PageBlock) -> list[Block]:
    match block:
        case m.Heading():
            return [_heading(block)]
        case m.Facts():
            width = _label_width(row.label for row in block.rows)
            return [
                field(one_line(r.label, width - 2), (one_line(r.value, 600), r.tone), width=width)
                for r in block.rows
            ]
        case m.Figures():
            width = _label_width(row.name for row in block.rows)
            return [
                field(
                    r.name, (r.value, "strong"), (f"  {r.interval}  {r.basis}", "dim"), width=width
                )
                for r in block.rows
            ]
        case m.TableBlock():
            return [_table(block)]
        case m.TextBlock():
            return [line((block.text, block.tone))]
        case m.Callout():
            return _callout(block)
        case m.Excerpt():
            return [heading(block.title), body(block.text)]
    assert isinstance(block, (m.Samples, *m.CHARTS))
    return []


def _heading(block: m.Heading) -> Block:
    title = f"{block.title[:1].upper()}{block.title[1:]} {one_line(block.subject)}".rstrip()
    return heading(title, (block.note, "dim")) if block.note else heading(title)


def _label_width(labels: Iterable[str]) -> int:
    longest = max((len(one_line(label)) for label in labels), default=0)
    return min(max(LABEL_WIDTH, longest + 2), _LABEL_MOST)


def _callout(block: m.Callout) -> list[Block]:
    mark, tone = block.sign
    text = (one_line(block.text, 1000), "strong" if block.detail else tone)
    blocks: list[Block] = [line((f"{mark} ", tone), text)]
    blocks += [field("", one_line(block.detail, 1000))] if block.detail else []
    return [*blocks, line(("→ ", "dim"), block.remedy)] if block.remedy else blocks


def _table(table: m.TableBlock) -> Block:
    """Return aligned rows; where they do not fit, each row is a list of its cells."""
    rows = [
        [m.Span(one_line(span.text, _CELL_MOST), span.tone) for span in m.spans(row)]
        for row in (table.columns, *table.rows[:_ROWS])
    ]
    widths = [
        max(Content(span.text).cell_length for span in column) for column in zip(*rows, strict=True)
    ]
    more = len(table.rows) - _ROWS
    left = [line((f"… and {more} more", "dim"))] if more > 0 else []

    def lay_out(room: int) -> Sequence[Content]:
        if sum(widths) + 3 * (len(widths) - 1) <= room:
            return [*(_aligned(row, widths) for row in rows), *left]
        return [*(_listed(rows[0], row) for row in rows[1:]), *left]

    return lay_out


def _aligned(row: Sequence[m.Span], widths: Sequence[int]) -> Content:
    padded = (
        (span.text + " " * (width - Content(span.text).cell_length + 3), span.tone)
        for span, width in zip(row, widths, strict=True)
    )
    return line(*padded).rstrip()


def _listed(columns: Sequence[m.Span], row: Sequence[m.Span]) -> Content:
    """Return the first cell, then each further one behind its column's name."""
    parts = [(row[0].text, row[0].tone)]
    for column, span in zip(columns[1:], row[1:], strict=True):
        if span.text:
            parts += [(f"  {column.text} ".rstrip(" ") + " ", "dim"), (span.text, span.tone)]
    return line(*parts)
