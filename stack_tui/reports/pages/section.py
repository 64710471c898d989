"""A part of a report that every form of it shows alike: a title, and labels with what they say."""

import msgspec
from rich.cells import cell_len

from stack_tui.text import one_line


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of raw text, which each form of a report makes safe in its own way.

    A `table` stands ahead of them: a row is a label and a cell for each of the `columns`.
    """

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


def section_lines(section: Section) -> list[str]:
    """Return the section as lines of plain text."""
    rows = (f"  {one_line(label, 60) + ':':<16} {one_line(value)}" for label, value in section.rows)
    table = (f"  {line}" for line in table_lines(section))
    return [f"── {section.title} ──", *table, *rows]


def table_lines(section: Section) -> list[str]:
    """Return the section's table in aligned lines of plain text, none where it has no table."""
    if not section.table:
        return []
    rows = [("", *section.columns), *section.table]
    shown = [[one_line(cell, 60) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    return ["   ".join(map(_padded, row, widths)).rstrip() for row in shown]


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))
