"""A TOML file as one piece a table: one is changed, added or taken out, the others stay as written.

Whoever edits so compares what the new text says with what it should: see `says`.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stack_tui.errors import StackError
from stack_tui.toml_edit import items

TablePath = tuple[str, ...]

# Strings and comments are matched too, and so passed over: they may hold what looks like a header.
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    rf"|^[ \t]*(?P<header>\[[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*[ \t]*\])(?=[ \t]*(?:#|\r?$))",
    re.DOTALL | re.MULTILINE,
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class UnusualForm(StackError):
    """The file is written in a way that cannot be edited piece by piece."""


@dataclass(frozen=True)
class TomlPiece:
    """A table's lines with the comment directly above them, and the gap before the next piece."""

    path: TablePath
    text: str
    gap: str


def tables_of(text: str) -> dict[str, Any]:
    """Return what the text says; raises StackError where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StackError(f"not valid TOML: {error}", remedy="Correct the file first.") from None
    except RecursionError:
        raise unusual() from None


def says(text: str, tables: Mapping[str, Any]) -> str:
    """Return the text, which says what `tables` do; raises UnusualForm where it does not."""
    try:
        same = tomllib.loads(text) == tables
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise unusual()
    return text


def unusual() -> UnusualForm:
    """Return the error of a file that is left alone."""
    return UnusualForm(
        "its form is too unusual to be edited here",
        remedy="Edit the file itself, or give each table in it a [header] of its own.",
    )


def split(text: str) -> list[TomlPiece]:
    """Return the pieces in order, the first being what stands above every table."""
    headers = [token for token in _TOKEN.finditer(text) if token["header"]]
    starts = [0, *(_lead_start(text, token.start()) for token in headers), len(text)]
    paths = [(), *(_path_of(token["header"]) for token in headers)]
    pieces = []
    for path, start, end in zip(paths, starts, starts[1:], strict=False):
        code_end = _code_end(text, start, end)
        pieces.append(TomlPiece(path, text[start:code_end], text[code_end:end]))
    return pieces


def join(pieces: Iterable[TomlPiece]) -> str:
    """Return the text of the pieces."""
    return "".join(piece.text + piece.gap for piece in pieces)


def put(pieces: list[TomlPiece], place: int, new: str) -> str:
    """Return the text with `new` behind the piece at `place`, a blank line above and below it."""
    before, after = join(pieces[:place]) + pieces[place].text, pieces[place].gap
    if place == len(pieces) - 1:
        before, after = before + after, ""
    after += join(pieces[place + 1 :])
    line_end = "\r\n" if "\r\n" in before + after else "\n"
    if before and not before.endswith("\n"):
        before += line_end
    if before and not before.endswith(line_end * 2):
        before += line_end
    if after and after[0] not in "\r\n":
        after = line_end + after
    return before + new.replace("\n", line_end) + after


def without(pieces: list[TomlPiece], gone: Collection[TomlPiece]) -> str:
    """Return the text without those pieces; comments in the gaps around them are kept."""
    kept = pieces[:1]
    for piece in pieces[1:]:
        if piece not in gone:
            kept.append(piece)
        elif not kept[-1].gap.strip():
            kept[-1] = replace(kept[-1], gap=piece.gap)
        elif piece.gap.strip():
            kept[-1] = replace(kept[-1], gap=kept[-1].gap + piece.gap)
    return join(kept)


def renamed(pieces: list[TomlPiece], before: TablePath, after: TablePath) -> str:
    """Return the text with the tables at and under `before` called `after` in their headers."""
    written = []
    for piece in pieces:
        if piece.path[: len(before)] == before:
            token = next(found for found in _TOKEN.finditer(piece.text) if found["header"])
            header = header_of((*after, *piece.path[len(before) :]))
            start, end = token.span("header")
            piece = replace(piece, text=piece.text[:start] + header + piece.text[end:])
        written.append(piece)
    return join(written)


def header_of(path: TablePath) -> str:
    """Return the header of a table."""
    import tomlkit

    bare = re.compile(r"[A-Za-z0-9_-]+")
    keys = (key if bare.fullmatch(key) else tomlkit.key(key).as_string() for key in path)
    return f"[{'.'.join(keys)}]"


def with_values(text: str, path: TablePath, values: Mapping[str, Any]) -> str:
    """Return the text with these values and no others in the table at `path`, one piece's own.

    What has not changed keeps its form and its comments.
    """
    pieces = split(text)
    having = [place for place, piece in enumerate(pieces) if _has(piece, path)]
    if len(having) != 1:
        raise unusual()
    (place,) = having
    pieces[place] = replace(pieces[place], text=_edited(pieces[place].text, path, values))
    return join(pieces)


def _has(piece: TomlPiece, path: TablePath) -> bool:
    try:
        node: Any = tomllib.loads(piece.text)
    except tomllib.TOMLDecodeError:
        raise unusual() from None
    for key in path:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return isinstance(node, dict)


def _edited(text: str, path: TablePath, values: Mapping[str, Any]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AbstractTable

    try:
        document = tomlkit.parse(text.replace("\r\n", "\n"))
        node: Any = document
        for key in path:
            node = node[key]
        if not isinstance(node, AbstractTable):
            raise unusual()
        items.change_table(node, values)
        written = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, KeyError):
        raise unusual() from None
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def _path_of(header: str) -> TablePath:
    node: Any = tomllib.loads(header)
    path = []
    while node:
        ((key, node),) = node.items()
        path.append(key)
    return tuple(path)


def _lead_start(text: str, header: int) -> int:
    """Return where the comment lines directly above the header begin."""
    lines = _LINE.findall(text[:header])
    while lines and lines[-1].lstrip().startswith("#"):
        header -= len(lines.pop())
    return header


def _code_end(text: str, start: int, end: int) -> int:
    """Return where the blank lines at the end of a piece, and comments after one, begin."""
    place = end
    for line in reversed(_LINE.findall(text[start:end])):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        place -= len(line)
    for line in _LINE.findall(text[place:end]) if place > start else ():
        if not line.strip():
            break
        place += len(line)
    return place
