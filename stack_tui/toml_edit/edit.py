"""Edits of a TOML text that change only what is meant: other comments, order and form stay.

Every edit ends in a check: the new text must parse to the tables that the edit should give.
Otherwise UnusualForm is raised, and nothing is lost by an edit that went wrong.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.toml_edit import bounded_toml, items, splitter
from stack_tui.toml_edit.splitter import Piece, TablePath

_LONGEST_INLINE = 80


class UnusualForm(StackError):
    """The file is written in a way that cannot be edited table by table."""

    def __init__(self) -> None:
        super().__init__(
            "its form is too unusual to be edited here",
            remedy="Edit the file itself, or give each table a header of its own, such as"
            " [endpoints.local] or [[case]].",
        )


def tables_of(text: str) -> dict[str, Any]:
    """Return the tables in the text; raises StackError if it is not valid TOML."""
    try:
        return bounded_toml.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StackError(f"not valid TOML: {error}", remedy="Correct the file first.") from None


def merged(
    table: Mapping[str, Any], fields: Mapping[str, Any], new: msgspec.Struct, old: msgspec.Struct
) -> dict[str, Any]:
    """Return the table with the values in which `new` differs from `old` taken from `fields`.

    `old` is what the table decodes to. A value that means the same in both stays as written.
    """
    same = {name for name in new.__struct_fields__ if getattr(old, name) == getattr(new, name)}
    kept = {key: value for key, value in table.items() if key in same or key in fields}
    return kept | {key: value for key, value in fields.items() if key not in same}


def new_table(path: TablePath, values: Mapping[str, Any]) -> str:
    """Return a table with its header; a long table within it gets a header of its own."""
    return splitter.join(_new(path, values))


def set_values(text: str, path: TablePath, values: Mapping[str, Any]) -> str:
    """Return the text with these values, and no others, in the table at `path`."""
    edit = _Edit(text)
    if _node(edit.tables, path) == values:
        return text
    _node(edit.tables, path[:-1])[path[-1]] = dict(values)
    _set(edit.pieces, path, values)
    return edit.result()


def insert(
    text: str, path: TablePath, values: Mapping[str, Any], after: TablePath | None = None
) -> str:
    """Return the text with a new table at `path`, behind the table `after`.

    Without `after` it goes behind the last table of its kind, or to the end of the file.
    """
    edit = _Edit(text)
    alike = [place for place, piece in enumerate(edit.pieces) if _is_in(piece, path[:1])]
    place = alike[-1] if alike else len(edit.pieces) - 1
    if after is not None:
        place = _own(edit.pieces, after).stop - 1
    _put(edit.pieces, place, _new(path, values))
    edit.add(path, values)
    return edit.result()


def copy(text: str, path: TablePath, values: Mapping[str, Any]) -> str:
    """Return the text with a copy of the [[table]] behind it, comments included.

    `values` replace those of the same name in the copy.
    """
    edit = _Edit(text)
    wanted = _node(edit.tables, path) | values
    own = _own(edit.pieces, path)
    copied = edit.pieces[own.start : own.stop]
    _set(copied, path, wanted)
    _put(edit.pieces, own.stop - 1, copied)
    edit.add((*path[:-1], _place(path) + 1), wanted)
    return edit.result()


def remove(text: str, path: TablePath) -> str:
    """Return the text without the table and the comment directly above it."""
    edit = _Edit(text)
    parent = _node(edit.tables, path[:-1])
    headed = any(_is_in(piece, path) for piece in edit.pieces)
    if headed or isinstance(parent, list):
        _pop(edit.pieces, path)
    del parent[path[-1]]
    if not headed:
        _set(edit.pieces, path[:-1], parent)
    if not parent and path[-2] not in _node(tables_of(splitter.join(edit.pieces)), path[:-2]):
        del _node(edit.tables, path[:-2])[path[-2]]
    return edit.result()


def move(text: str, path: TablePath, place: int) -> str:
    """Return the text with the [[table]], and the comment above it, as number `place`, from 0."""
    if place == path[-1]:
        return text
    edit = _Edit(text)
    rows = _node(edit.tables, path[:-1])
    own = _pop(edit.pieces, path)
    others = [number for number in range(len(rows)) if number != path[-1]]
    if place:
        slot = _own(edit.pieces, (*path[:-1], others[place - 1])).stop - 1
    else:
        slot = _own(edit.pieces, (*path[:-1], others[0])).start - 1
    _put(edit.pieces, slot, own)
    rows.insert(place, rows.pop(_place(path)))
    return edit.result()


def rename(text: str, path: TablePath, name: str) -> str:
    """Return the text with the table, and those within it, under another name."""
    edit = _Edit(text)
    parent = _node(edit.tables, path[:-1])
    parent[name] = parent.pop(path[-1])
    for place, piece in enumerate(edit.pieces):
        if _is_in(piece, path):
            new = (*path[:-1], name, *piece.path[len(path) :])
            edit.pieces[place] = replace(piece, code=splitter.with_header(piece.code, new))
    return edit.result()


class _Edit:
    """A text under edit: its pieces, and the tables that they must parse to in the end."""

    def __init__(self, text: str) -> None:
        self._windows = 0 < text.count("\n") == text.count("\r\n")
        text = text.replace("\r\n", "\n") if self._windows else text
        self.tables = tables_of(text)
        self.pieces = splitter.split(text)

    def add(self, path: TablePath, values: Mapping[str, Any]) -> None:
        """Add a table, as an element of its list if the path ends in a number."""
        parent: Any = self.tables
        for key, below in pairwise(path):
            parent = parent.setdefault(key, [] if isinstance(below, int) else {})
        if isinstance(path[-1], int):
            parent.insert(path[-1], dict(values))
        else:
            parent[path[-1]] = dict(values)

    def result(self) -> str:
        """Return the text of the pieces; raises UnusualForm if it does not parse to the tables."""
        for place, piece in enumerate(self.pieces[:-1]):
            if piece.text and not piece.text.endswith("\n"):
                self.pieces[place] = replace(piece, tail=f"{piece.tail}\n")
        text = splitter.join(self.pieces)
        try:
            same = bounded_toml.loads(text) == self.tables
        except tomllib.TOMLDecodeError:
            same = False
        if not same:
            raise UnusualForm
        return text.replace("\n", "\r\n") if self._windows else text


def _node(tables: Any, path: TablePath) -> Any:
    """Return what the tables hold at `path`."""
    for key in path:
        try:
            tables = tables[key]
        except (TypeError, LookupError):
            raise UnusualForm from None
    return tables


def _place(path: TablePath) -> int:
    """Return which of its [[table]]s this one is."""
    place = path[-1]
    assert isinstance(place, int)
    return place


def _is_in(piece: Piece, path: TablePath) -> bool:
    return piece.path[: len(path)] == path


def _own(pieces: Sequence[Piece], path: TablePath) -> range:
    """Return where the pieces of the table stand; raises UnusualForm if they are not together."""
    places = [place for place, piece in enumerate(pieces) if _is_in(piece, path)]
    if not places or places[-1] - places[0] != len(places) - 1:
        raise UnusualForm
    return range(places[0], places[-1] + 1)


def _pop(pieces: list[Piece], path: TablePath) -> list[Piece]:
    """Remove the table's pieces and return them; comments in the gaps around them are kept."""
    own = _own(pieces, path)
    gone = pieces[own.start : own.stop]
    del pieces[own.start : own.stop]
    before, gap = pieces[own.start - 1], gone[-1].gap
    if before.gap.strip():
        gap = before.gap + gap if gap.strip() else before.gap
    elif before.tail and own.start < len(pieces):
        gap = gap or before.gap  # else the comment would be above the next table, and about it
    pieces[own.start - 1] = replace(before, gap=gap)
    return gone


def _put(pieces: list[Piece], place: int, new: Sequence[Piece]) -> None:
    """Put a table's pieces behind the piece at `place`, with the gap that the file usually has.

    A comment below a table keeps a gap: without it, the comment would be about the next table.
    """
    parent = new[0].path[:-1]
    gaps = [
        above.gap
        for above, piece in pairwise(pieces)
        if piece.path[:-1] == parent and not above.gap.strip()
    ]
    usual = gaps[-1] if gaps else "\n"
    before = pieces[place]
    above, below = (usual, before.gap) if before.text else ("", before.gap or usual)
    if place == len(pieces) - 1 and below.strip():
        above, below = below, ""
        while not above.endswith("\n\n"):
            above += "\n"
    elif place < len(pieces) - 1 and new[-1].tail:
        below = below or "\n"
    if before.tail:
        above = above or "\n"
    pieces[place] = replace(before, gap=above)
    pieces[place + 1 : place + 1] = [*new[:-1], replace(new[-1], gap=below)]


def _new(path: TablePath, values: Mapping[str, Any]) -> list[Piece]:
    pieces = [Piece(path, 1, "", f"{splitter.header_of(path)}\n", "", "")]
    _set(pieces, path, values)
    return pieces


def _set(pieces: list[Piece], path: TablePath, values: Mapping[str, Any]) -> None:
    """Change the pieces so that the table holds `values` and nothing else."""
    head = next((place for place, piece in enumerate(pieces) if piece.path == path), None)
    if head is None:
        _set_in_parent(pieces, path, values)
        return
    own = _own(pieces, path)
    parts = pieces[own.start : own.stop]
    last_gap = parts[-1].gap
    parts[-1] = replace(parts[-1], gap="")
    inside = _read(parts[0].code, path) or {}
    below = {str(part.path[len(path)]) for part in parts[1:]} - inside.keys()
    long = {name for name, value in values.items() if _is_long(value)} - inside.keys() - below
    written = {key: value for key, value in values.items() if key not in below | long}
    parts[0] = replace(parts[0], code=_edited(parts[0].code, path, written))
    for name in below:
        if name in values:
            _set_below(parts, (*path, name), values[name])
        else:
            _pop(parts, (*path, name))
    for name in sorted(long):
        parts[-1] = replace(parts[-1], gap=parts[-1].gap or "\n")
        parts.append(_long(path, name, values[name]))
    parts[-1] = replace(parts[-1], gap=last_gap)
    pieces[own.start : own.stop] = parts


def _set_in_parent(pieces: list[Piece], path: TablePath, values: Mapping[str, Any]) -> None:
    """Change a table that has no header, such as one written inline, in the piece it is in."""
    for length in range(len(path) - 1, -1, -1):
        for place, piece in enumerate(pieces):
            if piece.path == path[:length] and _read(piece.code, path) is not None:
                pieces[place] = replace(piece, code=_edited(piece.code, path, values))
                return
    raise UnusualForm


def _set_below(pieces: list[Piece], path: TablePath, value: Any) -> None:
    """Change a table, or a list of them, that has headers of its own below its parent's."""
    own = _own(pieces, path)
    first, last = pieces[own.start], pieces[own.stop - 1]
    text = splitter.join(pieces[own.start : own.stop])
    text = text[len(first.lead) : len(text) - len(last.tail + last.gap)]
    header = f"{splitter.header_of(path[:-1])}\n"
    code = _edited(header + text, path[:-1], {str(path[-1]): value}).removeprefix(header)
    pieces[own.start : own.stop] = [replace(first, code=code, tail=last.tail, gap=last.gap)]


def _long(path: TablePath, name: str, value: Mapping[str, Any]) -> Piece:
    import tomli_w

    table: dict[str, Any] = {name: value}
    for key in reversed([key for key in path if isinstance(key, str)]):
        table = {key: table}
    return Piece((*path, name), 1, "", tomli_w.dumps(table), "", "")


def _is_long(value: Any) -> bool:
    return isinstance(value, dict) and len(items.new_item(value).as_string()) > _LONGEST_INLINE


def _read(code: str, path: TablePath) -> dict[str, Any] | None:
    """Return the table as the code of one piece states it, None if it is not in there."""
    node: Any = tomllib.loads(code)
    for key in path:
        if isinstance(key, str):
            node = node.get(key) if isinstance(node, dict) else None
            node = node[0] if isinstance(node, list) and node else node
    return node if isinstance(node, dict) else None


def _edited(code: str, path: TablePath, values: Mapping[str, Any]) -> str:
    """Return the code of one piece with the table's values replaced by these."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AbstractTable, AoT

    if _read(code, path) == values:
        return code
    try:
        document = tomlkit.parse(code if code.endswith("\n") else f"{code}\n")
        node: Any = document
        for key in path:
            if isinstance(key, str):
                node = node[key]
                node = node[0] if isinstance(node, AoT) else node
        if not isinstance(node, AbstractTable):
            raise UnusualForm
        items.change_table(node, values)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, KeyError, RecursionError):
        raise UnusualForm from None
