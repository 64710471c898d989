"""A part of a report that every form of it shows alike: a title, and labels with what they say."""

import msgspec

from stack_tui.text import one_line


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of raw text, which each form of a report makes safe in its own way."""

    title: str
    rows: tuple[tuple[str, str], ...]


def section_lines(section: Section) -> list[str]:
    """Return the section as lines of plain text."""
    rows = (f"  {one_line(label, 60) + ':':<16} {one_line(value)}" for label, value in section.rows)
    return [f"── {section.title} ──", *rows]
