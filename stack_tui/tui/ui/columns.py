"""A table's columns, and their widths in the room there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NARROWEST = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column `width` cells wide; with `grow` it also gets that many parts of the spare room.

    If room is short, `optional` columns are dropped, the highest number first.
    """

    title: str
    width: int
    grow: int = 0
    right: bool = False
    optional: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown, each as (place, width), and the cells between them."""

    widths: tuple[tuple[int, int], ...] = ()
    gap: int = 2

    def at(self, x: int) -> int | None:
        """Return the place of the column that the cell at `x` belongs to."""
        for place, width in self.widths:
            if 0 <= x < width + self.gap:
                return place
            x -= width + self.gap
        return None


def fit(columns: Sequence[Column], room: int) -> Layout:
    """Return the layout of the columns in `room` cells, with a smaller gap if it is short."""
    shown = dict(enumerate(columns))
    while _needed(shown.values(), 2) > room and (
        droppable := [place for place, column in shown.items() if column.optional]
    ):
        del shown[max(droppable, key=lambda place: shown[place].optional)]
    gap = 2 if _needed(shown.values(), 2) <= room else 1
    spare = room - _needed(shown.values(), gap)
    parts = sum(column.grow for column in shown.values())
    widths = []
    for place, column in shown.items():
        extra = spare * column.grow // parts if column.grow else 0
        parts -= column.grow
        spare -= extra
        widths.append((place, max(min(_NARROWEST, column.width), column.width + extra)))
    return Layout(tuple(widths), gap)


def _needed(columns: Iterable[Column], gap: int) -> int:
    each = [column.width for column in columns]
    return sum(each) + gap * (len(each) - 1)
