"""What an import brings: suites, and what of the file they do not carry."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.suites.model.case import Suite

_PLACES = 5


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was left out or changed, at the first of its `count` places."""

    kind: Literal["left out", "changed"]
    what: str
    places: tuple[str, ...]
    count: int = 1


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """The suites of a file, and the notes on all that they do not carry as it stood there."""

    suites: tuple[Suite, ...]
    notes: tuple[Note, ...] = ()


class BroughtIn(msgspec.Struct, frozen=True, kw_only=True):
    """The suites that were made of a file, by their own files, and the notes on it."""

    suites: Mapping[Path, Suite]
    notes: tuple[Note, ...] = ()


def told(note: Note) -> str:
    """Return the note on one line."""
    places = ", ".join(note.places) + (", …" if note.count > len(note.places) else "")
    return f"{note.kind}: {note.what} ({places})"


class Notes:
    """The notes so far; what is said of many places is said once."""

    def __init__(self) -> None:
        self._places: dict[tuple[Literal["left out", "changed"], str], list[str]] = {}

    def left_out(self, place: str, what: str) -> None:
        """Note that the suites lack this."""
        self._places.setdefault(("left out", what), []).append(place)

    def changed(self, place: str, what: str) -> None:
        """Note that the suites say this in another way."""
        self._places.setdefault(("changed", what), []).append(place)

    def all(self) -> tuple[Note, ...]:
        """Return the notes, first to last, each with its first places."""
        return tuple(
            Note(kind=kind, what=what, places=tuple(places[:_PLACES]), count=len(places))
            for (kind, what), places in self._places.items()
        )
