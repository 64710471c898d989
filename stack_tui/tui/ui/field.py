"""The fields that forms are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name in what it edits, its lines, and a word of help.

    One that is for a `variable` takes the name of one, and never shows a key that is pasted there.
    """

    name: str
    lines: int
    hint: str
    show: Callable[[Any], str]
    read: Callable[[str], Any]
    variable: bool = False
