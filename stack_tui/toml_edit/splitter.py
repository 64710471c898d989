"""Split a TOML file into one piece per table, so that one can be edited and the others kept."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

TablePath = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = re.compile(_KEY)
_HEADER = re.compile(rf"\[\[?[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*[ \t]*\]\]?")
# Strings and comments are matched so that brackets and # inside them are passed over.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}]",
    re.DOTALL,
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_EMPTIED = {'"': '""', "'": "''", "#": ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines of one table under its own header; the first piece is what precedes all headers."""

    path: TablePath
    """The table's keys; for `[[case]]` also its place: ("case", 0), ("case", 0, "number")."""
    line: int
    """The header's line in the file, from 1."""
    lead: str
    """The comment lines directly above the header."""
    code: str
    """The lines from the header to the last key or value."""
    tail: str
    """The comment lines directly below the code."""
    gap: str
    """Blank lines, and comments that stand apart, up to the next piece."""

    @property
    def text(self) -> str:
        """The piece without the gap below it: what moves if the table moves."""
        return self.lead + self.code + self.tail


def split(text: str) -> list[Piece]:
    """Return the pieces of a valid TOML text in order; joined, they are the text again."""
    lines = _LINE.findall(text)
    headers, comments = _scan(text)
    starts = []
    for header in headers:
        start = header
        while start - 1 in comments:
            start -= 1
        starts.append(start)
    pieces = [_piece((), 0, 0, starts[0] if starts else len(lines), lines, comments)]
    ends = [*starts[1:], len(lines)]
    paths = _paths(headers.values())
    for path, header, start, end in zip(paths, headers, starts, ends, strict=False):
        pieces.append(_piece(path, header, start, end, lines, comments))
    return pieces


def join(pieces: Iterable[Piece]) -> str:
    """Return the text of the pieces."""
    return "".join(piece.text + piece.gap for piece in pieces)


def without_texts(text: str) -> str:
    """Return TOML with every quoted text replaced by an empty one, and without comments."""
    return _TOKEN.sub(lambda token: _EMPTIED.get(token[0][0], token[0]), text)


def header_of(path: TablePath) -> str:
    """Return the header of the table, such as [endpoints.local] or [[case]]."""
    bare = re.compile(r"[A-Za-z0-9_-]+")
    names = [key for key in path if isinstance(key, str)]
    title = ".".join(name if bare.fullmatch(name) else _quoted(name) for name in names)
    return f"[[{title}]]" if isinstance(path[-1], int) else f"[{title}]"


def with_header(code: str, path: TablePath) -> str:
    """Return a piece's code under another header."""
    return _HEADER.sub(lambda _: header_of(path), code, count=1)


def line_of_key(code: str, key: str) -> int:
    """Return the line, from 0, on which a piece's code gives the key its value; 0 if it does not.

    It is the line that the code can be cut behind and still hold the key.
    """
    lines = _LINE.findall(code)
    for number in range(1, len(lines)):
        body = "".join(lines[1 : number + 1])
        with suppress(tomllib.TOMLDecodeError):
            if key in tomllib.loads(body):
                return number
    return 0


def _scan(text: str) -> tuple[dict[int, str], set[int]]:
    """Return the headers by line, from 0, and the lines that hold a comment and nothing else."""
    headers: dict[int, str] = {}
    comments: set[int] = set()
    depth = line = seen = place = 0
    while token := _TOKEN.search(text, place):
        start, place = token.span()
        line += text.count("\n", seen, start)
        seen = start
        match text[start]:
            case "#" if _begins_line(text, start):
                comments.add(line)
            case "[" if depth == 0 and _begins_line(text, start):
                header = _HEADER.match(text, start)
                assert header is not None, "valid TOML has a header here"
                headers[line] = header[0]
                place = header.end()
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
    return headers, comments


def _begins_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip(" \t")


def _piece(
    path: TablePath, header: int, start: int, end: int, lines: list[str], comments: set[int]
) -> Piece:
    """Return the piece of the lines from `start` to `end`, of which `header` ends the lead."""
    code_end = end
    while code_end > header and (code_end - 1 in comments or not lines[code_end - 1].strip()):
        code_end -= 1
    tail_end = code_end
    if path or code_end:
        while tail_end < end and tail_end in comments:
            tail_end += 1
    else:  # a file that begins with comments: they are about the file, not about what follows
        tail_end = end
        while tail_end and not lines[tail_end - 1].strip():
            tail_end -= 1
    cuts = (start, header, code_end, tail_end, end)
    lead, code, tail, gap = ("".join(lines[a:b]) for a, b in pairwise(cuts))
    return Piece(path, header + 1, lead, code, tail, gap)


def _paths(headers: Iterable[str]) -> Iterator[TablePath]:
    """Yield each header's path, with the place of every [[table]] that it names or lies in."""
    counts: dict[TablePath, int] = {}
    for header in headers:
        path: TablePath = ()
        keys = [next(iter(tomllib.loads(f"{key} = 0"))) for key in _KEYS.findall(header)]
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if number == len(keys) and header.startswith("[["):
                counts[path] = counts.get(path, 0) + 1
            if path in counts:
                path = (*path, counts[path] - 1)
        yield path


def _quoted(key: str) -> str:
    import tomlkit

    return tomlkit.key(key).as_string()
