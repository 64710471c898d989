"""A page as plain text, for a terminal or a log."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from stack_tui.reports.pages import model as m
from stack_tui.text import one_line, printable

_LABEL_LEAST, _LABEL_MOST = 15, 34
_CELL_MOST = 60
_ROWS = 200


def render_text(page: m.Page) -> str:
    """Return the page, its title first."""
    return "\n".join([_rule(page.title), *text_lines(page.blocks)])


def text_lines(blocks: Iterable[m.PageBlock]) -> Iterator[str]:
    """Yield the lines of the blocks; a heading has a blank line before it."""
    for block in blocks:
        yield from _lines(block)


def _lines(block: m.PageBlock) -> Iterable[str]:
    match block:
        case m.Heading():
            return ["", f"{_rule(f'{block.title} {block.subject}')} {block.note}".rstrip()]
        case m.Facts():
            return _labelled([(row.label, row.value) for row in block.rows])
        case m.Figures():
            return _labelled([(row.name, _figure(row)) for row in block.rows])
        case m.TableBlock():
            return (f"  {line}" for line in table_lines(block))
        case m.TextBlock():
            return [one_line(block.text, 2000)]
        case m.Callout():
            return _callout(block)
        case m.Excerpt():
            return ["", _rule(block.title), printable(block.text)]
        case m.Samples():
            return _samples(block)
    assert isinstance(block, m.CHARTS)
    return []


def _rule(title: str) -> str:
    return f"── {one_line(title)} ──"


def _labelled(rows: Sequence[tuple[str, str]]) -> list[str]:
    longest = max((cell_len(label) for label, _ in rows), default=0)
    width = min(max(longest, _LABEL_LEAST), _LABEL_MOST)
    return [f"  {_padded(one_line(label, 60) + ':', width + 1)} {one_line(v)}" for label, v in rows]


def _figure(figure: m.Figure) -> str:
    interval = f" ({figure.interval})" if figure.interval else ""
    return f"{figure.value}{interval}" + (f", {figure.basis}" if figure.basis else "")


def table_lines(table: m.TableBlock) -> Iterator[str]:
    """Yield the table in aligned lines, with a line about the rows left out if there are any."""
    last = len(table.columns) - 1
    rows = [table.columns, *([span.text for span in m.spans(row)] for row in table.rows[:_ROWS])]
    cells = [
        [one_line(cell, 400 if place == last else _CELL_MOST) for place, cell in enumerate(row)]
        for row in rows
    ]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "   ".join(map(_padded, row, widths)).rstrip()
    if len(table.rows) > _ROWS:
        yield f"… and {len(table.rows) - _ROWS} more"


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))


def _callout(block: m.Callout) -> Iterator[str]:
    detail = f": {block.detail}" if block.detail else ""
    yield f"  {block.sign.mark} {one_line(f'{block.text}{detail}', 1000)}"
    if block.remedy:
        yield f"    remedy: {one_line(block.remedy)}"


def _samples(block: m.Samples) -> Iterator[str]:
    yield from ("", _rule(block.title))
    for entry in block.entries[:_ROWS]:
        yield f"  {entry.result:<8} {one_line(entry.name, 60):<28} {one_line(entry.why, 200)}"
    if len(block.entries) > _ROWS:
        yield f"  … and {len(block.entries) - _ROWS} more"
