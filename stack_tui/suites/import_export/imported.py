"""The result of an import: suites, and notes on what they leave out of the file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.suites.model.case import Suite

_PLACES = 5


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was left out or changed; `places` are the first of `count`."""

    kind: Literal["left out", "changed"]
    what: str
    places: tuple[str, ...]
    count: int = 1


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """The suites in a file, and notes on all that they leave out or change."""

    suites: tuple[Suite, ...]
    notes: tuple[Note, ...] = ()


class BroughtIn(msgspec.Struct, frozen=True, kw_only=True):
    """The suites that were written, by their files, and the notes on the import."""

    suites: Mapping[Path, Suite]
    notes: tuple[Note, ...] = ()


def format_note(note: Note) -> str:
    """Return the note on one line."""
    places = ", ".join(note.places) + (", …" if note.count > len(note.places) else "")
    return f"{note.kind}: {note.what} ({places})"


class Notes:
    """Collects notes; the same note on many places is kept once."""

    def __init__(self) -> None:
        self._places: dict[tuple[Literal["left out", "changed"], str], list[str]] = {}

    def left_out(self, place: str, what: str) -> None:
        """Note that the suites leave this out."""
        self._places.setdefault(("left out", what), []).append(place)

    def changed(self, place: str, what: str) -> None:
        """Note that the suites express this differently."""
        self._places.setdefault(("changed", what), []).append(place)

    def all(self) -> tuple[Note, ...]:
        """Return the notes in order, each with its first places."""
        return tuple(
            Note(kind=kind, what=what, places=tuple(places[:_PLACES]), count=len(places))
            for (kind, what), places in self._places.items()
        )
