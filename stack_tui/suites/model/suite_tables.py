"""The [suite] or [[case]] of one piece of a suite's file: written anew, or changed in place."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import tomli_w
import tomlkit
from tomlkit.items import AbstractTable

from stack_tui.suites.model import suite_pieces
from stack_tui.suites.model.suite_pieces import SuitePiece
from stack_tui.toml_edit import items

Root = Literal["suite", "case"]

_HEADERS: dict[Root, str] = {"suite": "[suite]\n", "case": "[[case]]\n"}
_LONGEST_INLINE = 80


def new_text(root: Root, fields: Mapping[str, Any]) -> str:
    """Return the table with its header; a long table within it gets a header of its own."""
    piece = SuitePiece(root, "", _HEADERS[root], "", "")
    return changed(piece, root, fields).content


def changed(piece: SuitePiece, root: Root, wanted: Mapping[str, Any]) -> SuitePiece:
    """Return the piece with `wanted` as its table's values; what they leave as it was stays so."""
    windows = "\r\n" in piece.content
    body, rest = (part.replace("\r\n", "\n") for part in (piece.body, piece.rest))
    inside = set(_read(body, root))
    below = set(_read(_HEADERS[root] + rest, root)) - inside
    long = {name for name in wanted if _is_long(wanted[name])} - inside - below
    end = suite_pieces.code_end(body)
    body = (
        _edited(body[:end], root, {k: v for k, v in wanted.items() if k not in below | long})
        + body[end:]
    )
    if below:
        headed = _edited(
            _HEADERS[root] + rest, root, {k: v for k, v in wanted.items() if k in below}
        )
        rest = headed.removeprefix(_HEADERS[root])
    for name in sorted(long):
        rest += "\n" + tomli_w.dumps({root: {name: wanted[name]}})
    if windows:
        body, rest = (part.replace("\n", "\r\n") for part in (body, rest))
    return replace(piece, body=body, rest=rest)


def _is_long(value: Any) -> bool:
    return isinstance(value, dict) and len(items.new_item(value).as_string()) > _LONGEST_INLINE


def _read(text: str, root: Root) -> dict[str, Any]:
    found = tomllib.loads(text).get(root, {})
    table: dict[str, Any] = found[0] if isinstance(found, list) else found
    return table


def _edited(text: str, root: Root, wanted: Mapping[str, Any]) -> str:
    """Return the text of one table with its values as wanted, the rest of it as it was."""
    if _read(text, root) == wanted:
        return text
    document = tomlkit.parse(text if text.endswith("\n") else f"{text}\n")
    found = document[root]
    table = found[0] if isinstance(found, list) else found
    assert isinstance(table, AbstractTable)
    items.change_table(table, wanted)
    return tomlkit.dumps(document)
