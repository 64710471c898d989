"""Write values as TOML that a person would write, and change one without changing its form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, Array, InlineTable, Item, String, StringType, Trivia

from stack_tui.errors import StackError
from stack_tui.text import well_formed

_LINE = 100
_INDENT = "    "
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_QUOTES = re.compile(r'"{3,}|"+\Z')
_NAMED = {"\b": r"\b", "\f": r"\f", "\r": r"\r"}


def plain(value: Any) -> Any:
    """Return the value as lists, dicts and text that TOML can hold; raises StackError for null."""
    if value is None:
        raise StackError(
            "null cannot be written as TOML", remedy="Leave the key out, or use another value."
        )
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Mapping):
        return {well_formed(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    return value


def new_item(value: Any, key: str = "") -> Item:
    """Return the item for a plain value; multi-line text and long lists span several lines."""
    if isinstance(value, str):
        return _text(value, StringType.MLB if "\n" in value else StringType.SLB)
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for name, inner in value.items():
            table.append(name, _flat(inner))
        return table
    if isinstance(value, list):
        array = _flat(value)
        assert isinstance(array, Array)
        long = len(f"{key} = {array.as_string()}") > _LINE
        return array.multiline(long)
    item: Item = tomlkit.item(value)
    return item


def changed_item(old: Item, value: Any, key: str = "") -> Item:
    """Return an item for `value` in the form of `old`; parts that are equal stay as written."""
    if isinstance(old, String) and isinstance(value, str):
        return _like(old, value)
    if isinstance(old, Array) and isinstance(value, list):
        _change_array(old, value)
        return old
    if isinstance(old, AbstractTable) and isinstance(value, Mapping):
        change_table(old, value)
        return old
    return new_item(value, key)


def change_table(table: AbstractTable, values: Mapping[str, Any]) -> None:
    """Make the table hold exactly `values` by changing only what differs."""
    flat = isinstance(table, InlineTable)
    for key in [key for key in table if key not in values]:
        table.remove(key)
    for key, value in values.items():
        if key not in table:
            table[key] = _flat(value) if flat else new_item(value, key)
        elif not _is_equal(table[key], value):
            table[key] = changed_item(table[key], value, key)


def _is_equal(old: Any, value: Any) -> bool:
    """Return whether a value in a document is the given one, of the same type (not 1 for true).

    tomlkit gives booleans as Python's own, and every other value as an item.
    """
    held = old.unwrap() if hasattr(old, "unwrap") else old
    if isinstance(held, list) and isinstance(value, list):
        return len(held) == len(value) and all(map(_is_equal, held, value))
    if isinstance(held, dict) and isinstance(value, dict):
        return held.keys() == value.keys() and all(_is_equal(held[key], value[key]) for key in held)
    return bool(held == value) and type(held) is type(value)


def _change_array(array: Array, values: list[Any]) -> None:
    old = array.unwrap()
    start = 0
    while start < min(len(old), len(values)) and _is_equal(old[start], values[start]):
        start += 1
    end = 0
    while end < min(len(old), len(values)) - start and _is_equal(old[-1 - end], values[-1 - end]):
        end += 1
    both = min(len(old), len(values)) - end
    for place in range(start, both):
        array[place] = changed_item(array.item(place), values[place])
    for _ in range(len(old) - end - both):
        del array[both]
    for place in range(both, len(values) - end):
        array.insert(place, _flat(values[place]))


def _flat(value: Any) -> Item:
    """Return the item on one line, as inside arrays and inline tables."""
    if isinstance(value, str):
        return _text(value, StringType.SLB)
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_flat(inner))
        return array
    return new_item(value)


def _like(old: String, value: str) -> String:
    """Return the text in the quotes of the old one, or in others if those cannot hold it."""
    kind = old.type
    if kind is StringType.SLL and re.search(r"['\n]", value):
        kind = StringType.SLB
    if kind is StringType.MLL and ("'''" in value or value.endswith("'")):
        kind = StringType.MLB
    if kind.is_literal() and _CONTROL.search(value):
        kind = StringType.MLB if kind.is_multiline() else StringType.SLB
    if kind is StringType.SLB and "\n" in value and "\n" not in old:
        kind = StringType.MLB
    return _text(value, kind, opened=kind.is_singleline() or old.as_string()[3:4] in ("\n", "\\"))


def _text(value: str, kind: StringType, *, opened: bool = True) -> String:
    """Return the text in quotes of that kind; `opened`: multi-line text starts on a new line."""
    written = value
    if kind.is_basic():
        written = _CONTROL.sub(_escape, value.replace("\\", "\\\\"))
    if kind is StringType.SLB:
        written = written.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    elif kind is StringType.MLB:
        written = _QUOTES.sub(lambda match: '\\"' * len(match[0]), written)
    if kind.is_multiline() and (opened or value.startswith("\n")):
        written = f"\n{written}"
    return String(kind, value, written, Trivia())


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _NAMED.get(char, f"\\u{ord(char):04x}")
