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
from stack_tui.toml_edit import items, splitter
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
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StackError(f"not valid TOML: {error}", remedy="Correct the file first.") from None
    except RecursionError:
        raise UnusualForm from None


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
    tables = tables_of(text)
    if _node(tables, path) == values:
        return text
    _node(tables, path[:-1])[path[-1]] = dict(values)
    pieces = splitter.split(text)
    _set(pieces, path, values)
    return _checked(pieces, tables)


def insert(
    text: str, path: TablePath, values: Mapping[str, Any], after: TablePath | None = None
) -> str:
    """Return the text with a new table at `path`, behind the table `after`.

    Without `after` it goes behind the last table of its kind, or to the end of the file.
    """
    return _inserted(text, path, values, _new(path, values), after)


def copy(text: str, path: TablePath, values: Mapping[str, Any]) -> str:
    """Return the text with a copy of the [[table]] behind it, comments included.

    `values` replace those of the same name in the copy.
    """
    pieces = splitter.split(text)
    wanted = _node(tables_of(text), path) | values
    own = _own(pieces, path)
    copied = pieces[own.start : own.stop]
    _set(copied, path, wanted)
    return _inserted(text, (*path[:-1], _place(path) + 1), wanted, copied, path)


def remove(text: str, path: TablePath) -> str:
    """Return the text without the table and the comment directly above it."""
    tables = tables_of(text)
    parent = _node(tables, path[:-1])
    pieces = splitter.split(text)
    headed = any(_is_in(piece, path) for piece in pieces)
    if headed or isinstance(parent, list):
        _pop(pieces, path)
    del parent[path[-1]]
    if not headed:
        _set(pieces, path[:-1], parent)
    if not parent and path[-2] not in _node(tables_of(splitter.join(pieces)), path[:-2]):
        del _node(tables, path[:-2])[path[-2]]
    return _checked(pieces, tables)


def move(text: str, path: TablePath, place: int) -> str:
    """Return the text with the [[table]], and the comment above it, as number `place`, from 0."""
    if place == path[-1]:
        return text
    tables = tables_of(text)
    tables_here = _node(tables, path[:-1])
    pieces = splitter.split(text)
    _own(pieces, (*path[:-1], len(tables_here) - 1))
    own = _pop(pieces, path)
    others = [number for number in range(len(tables_here)) if number != path[-1]]
    if place:
        slot = _own(pieces, (*path[:-1], others[place - 1])).stop - 1
    else:
        slot = _own(pieces, (*path[:-1], others[0])).start - 1
    _put(pieces, slot, own)
    tables_here.insert(place, tables_here.pop(_place(path)))
    return _checked(pieces, tables)


def rename(text: str, path: TablePath, name: str) -> str:
    """Return the text with the table, and those within it, under another name."""
    tables = tables_of(text)
    parent = _node(tables, path[:-1])
    parent[name] = parent.pop(path[-1])
    pieces = splitter.split(text)
    for place, piece in enumerate(pieces):
        if _is_in(piece, path):
            new = (*path[:-1], name, *piece.path[len(path) :])
            pieces[place] = replace(piece, code=splitter.with_header(piece.code, new))
    return _checked(pieces, tables)


def _checked(pieces: list[Piece], tables: Mapping[str, Any]) -> str:
    """Return the text of the pieces; raises UnusualForm if it does not parse to `tables`."""
    line_end = _line_end(splitter.join(pieces))
    for place, piece in enumerate(pieces[:-1]):
        if piece.text and not piece.text.endswith("\n"):
            pieces[place] = replace(piece, tail=piece.tail + line_end)
    text = splitter.join(pieces)
    try:
        same = tomllib.loads(text) == tables
    except (tomllib.TOMLDecodeError, RecursionError):
        same = False
    if not same:
        raise UnusualForm
    return text


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
    line_end = _line_end(splitter.join(pieces))
    usual = gaps[-1] if gaps else line_end
    before = pieces[place]
    above, below = (usual, before.gap) if before.text else ("", before.gap or usual)
    if place == len(pieces) - 1 and below.strip():
        above, below = below, ""
        while not above.endswith(line_end * 2):
            above += line_end
    elif place < len(pieces) - 1 and new[-1].tail:
        below = below or line_end
    if before.tail:
        above = above or line_end
    pieces[place] = replace(before, gap=above)
    pieces[place + 1 : place + 1] = [*new[:-1], replace(new[-1], gap=below)]


def _inserted(
    text: str,
    path: TablePath,
    values: Mapping[str, Any],
    new: Sequence[Piece],
    after: TablePath | None,
) -> str:
    tables = tables_of(text)
    pieces = splitter.split(text)
    if after is not None:
        place = _own(pieces, after).stop - 1
    else:
        alike = [number for number, piece in enumerate(pieces) if _is_in(piece, path[:1])]
        place = alike[-1] if alike else len(pieces) - 1
    line_end = _line_end(text)
    _put(pieces, place, [_ended(piece, line_end) for piece in new])
    parent: Any = tables
    for key, below in pairwise(path):
        parent = parent.setdefault(key, [] if isinstance(below, int) else {})
    if isinstance(path[-1], int):
        parent.insert(path[-1], dict(values))
    else:
        parent[path[-1]] = dict(values)
    return _checked(pieces, tables)


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
    line_end = _line_end(parts[0].code)
    for name in sorted(long):
        parts[-1] = replace(parts[-1], gap=parts[-1].gap or line_end)
        parts.append(_ended(_long(path, name, values[name]), line_end))
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
        text = code.replace("\r\n", "\n")
        document = tomlkit.parse(text if text.endswith("\n") else f"{text}\n")
        node: Any = document
        for key in path:
            if isinstance(key, str):
                node = node[key]
                node = node[0] if isinstance(node, AoT) else node
        if not isinstance(node, AbstractTable):
            raise UnusualForm
        items.change_table(node, values)
        written = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, KeyError):
        raise UnusualForm from None
    return _with_line_end(written, _line_end(code))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ended(piece: Piece, line_end: str) -> Piece:
    """Return the piece with the file's line ends."""
    return replace(
        piece,
        code=_with_line_end(piece.code, line_end),
        gap=_with_line_end(piece.gap, line_end),
    )


def _with_line_end(text: str, line_end: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", line_end)
