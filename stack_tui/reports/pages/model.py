"""A page: what a report or a screen says, as blocks that every renderer draws in its own way.

Write a new fact once, in the page it belongs to, and it appears in text, Markdown, HTML and on the
screen. Text in a block is raw, and some of it comes from models, datasets, servers and files: each
renderer makes it safe.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from stack_tui.wilson import Interval

Tone = Literal["", "strong", "dim", "accent", "good", "bad", "warn"]


class Sign(NamedTuple):
    """The mark and the tone of a state: colour never speaks alone."""

    mark: str
    tone: Tone


class Span(msgspec.Struct, frozen=True):
    """Text in a tone."""

    text: str
    tone: Tone = ""


TableRow = tuple[str | Span, ...]
FactRows = Iterator[tuple[str, str]]


class _Block(msgspec.Struct, frozen=True):
    pass


class Heading(_Block, frozen=True):
    """Begins a part of the page. `title` and `note` are the program's words, `subject` is raw."""

    title: str
    subject: str = ""
    note: str = ""
    level: Literal[2, 3] = 2


class Fact(msgspec.Struct, frozen=True):
    """A label and its value."""

    label: str
    value: str
    tone: Tone = ""


class Facts(_Block, frozen=True):
    """Labels with their values, one per row."""

    rows: tuple[Fact, ...]


class Figure(msgspec.Struct, frozen=True):
    """A number in words, with its 95 % interval and what it rests on; the program's words."""

    name: str
    value: str
    interval: str = ""
    basis: str = ""


class Figures(_Block, frozen=True):
    """Numbers, one per row."""

    rows: tuple[Figure, ...]


class TableBlock(_Block, frozen=True):
    """Rows of cells. `columns` are the program's words; a renderer may leave out late rows."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


class TextBlock(_Block, frozen=True):
    """A paragraph in the program's words."""

    text: str
    tone: Tone = ""


class Callout(_Block, frozen=True):
    """Something to notice: a warning, an error, a diagnostic."""

    sign: Sign
    text: str
    detail: str = ""
    remedy: str = ""


class Excerpt(_Block, frozen=True):
    """A titled text kept as it came, with its line breaks; `folded` if few will read it."""

    title: str
    text: str
    folded: bool = False


class SampleEntry(msgspec.Struct, frozen=True):
    """A sample in a list."""

    sign: Sign
    result: str
    """What became of it, in the program's words: "failed", "b won"."""
    name: str
    why: str = ""
    """Why it has that result."""
    note: str = ""
    """Its scores."""
    parts: tuple[Facts | TableBlock | Callout | Excerpt, ...] = ()


class Samples(_Block, frozen=True):
    """Samples, the most interesting ones first.

    HTML lists them all, each with its parts, Markdown those whose result is not `quiet`. The screen
    draws none: the app has a pane for them.
    """

    title: str
    entries: tuple[SampleEntry, ...]
    quiet: frozenset[str] = frozenset()


class RateBar(msgspec.Struct, frozen=True):
    """A rate from 0 to 1 with its interval, and what it rests on."""

    label: str
    rate: float
    interval: Interval | None
    basis: str


class RateBars(_Block, frozen=True):
    """A chart of rates. Charts repeat what tables show; only HTML draws them."""

    title: str
    bars: tuple[RateBar, ...]


class Histogram(_Block, frozen=True):
    """A chart of how many samples have which score."""

    title: str
    bins: tuple[tuple[str, int], ...]


class CountGrid(_Block, frozen=True):
    """A chart of how often two raters gave which points: counts by row and column."""

    title: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class SplitBar(_Block, frozen=True):
    """A chart of a whole cut into parts: each a label, a count and the name of its colour."""

    title: str
    parts: tuple[tuple[str, int, str], ...]


Chart = RateBars | Histogram | CountGrid | SplitBar
CHARTS = (RateBars, Histogram, CountGrid, SplitBar)
PageBlock = Heading | Facts | Figures | TableBlock | TextBlock | Callout | Excerpt | Samples | Chart
Blocks = tuple[PageBlock, ...]


class Page(msgspec.Struct, frozen=True):
    """A whole page: its title, raw, and its blocks."""

    title: str
    blocks: Blocks


def section(title: str, *blocks: PageBlock, note: str = "") -> Blocks:
    """Return the blocks under a heading, or nothing if all of them are empty."""
    found = tuple(block for block in blocks if not _is_empty(block))
    return (Heading(title, note=note), *found) if found else ()


def facts(rows: Iterable[tuple[str, str]]) -> Facts:
    """Return labels and values as facts."""
    return Facts(tuple(Fact(label, value) for label, value in rows))


def _is_empty(block: PageBlock) -> bool:
    return isinstance(block, Facts | Figures | TableBlock) and not block.rows


def spans(cells: TableRow) -> list[Span]:
    """Return the cells, each with its tone."""
    return [Span(cell) if isinstance(cell, str) else cell for cell in cells]
