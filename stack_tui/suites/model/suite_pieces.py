"""A suite's file as the pieces that a person sees: its [suite] and each [[case]], with comments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

PieceKind = Literal["top", "suite", "case"]

# Strings are matched too, and so passed over: they may hold what looks like a header or a comment.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)"
    r"|^[ \t]*(?P<header>\[\[?[ \t]*(?P<root>case|suite)[ \t]*[.\]])",
    re.DOTALL | re.MULTILINE,
)
_NEW_CASE = re.compile(r"\[\[[ \t]*case[ \t]*\]")


@dataclass(frozen=True)
class SuitePiece:
    """A part of the file: the comment above it, its lines, and the gap between it and the next.

    `rest` begins at the first header of a table within it, such as [case.json_schema].
    """

    kind: PieceKind
    lead: str
    body: str
    rest: str
    gap: str

    @property
    def content(self) -> str:
        """The piece without the gap below it: what moves when it moves."""
        return self.lead + self.body + self.rest


def split(text: str) -> list[SuitePiece]:
    """Return the pieces of `text`, in order; joined they are `text` again, to the character."""
    comments = _comments(text)
    starts: list[tuple[int, PieceKind]] = [(0, "top")]
    tables: list[list[int]] = [[]]
    for token in _TOKEN.finditer(text):
        if token["header"] is None:
            continue
        kind: PieceKind = "case" if token["root"] == "case" else "suite"
        if _NEW_CASE.match(token["header"]) or starts[-1][1] != kind:
            starts.append((token.start(), kind))
            tables.append([])
        else:
            tables[-1].append(token.start())
    ends = [_lead_start(text, start, comments) for start, _ in starts[1:]] + [len(text)]
    pieces = []
    lead_start = 0
    for (start, kind), end, inner in zip(starts, ends, tables, strict=True):
        code_end = _code_end(text, start, end, comments)
        rest = inner[0] if inner else code_end
        parts = text[lead_start:start], text[start:rest], text[rest:code_end], text[code_end:end]
        pieces.append(SuitePiece(kind, *parts))
        lead_start = end
    return pieces


def join(pieces: Iterable[SuitePiece]) -> str:
    """Return the text of the pieces."""
    return "".join(piece.content + piece.gap for piece in pieces)


def code_end(text: str) -> int:
    """Return the offset at which the blank lines and comments at the end of `text` begin."""
    return _line_end(text, _last_code(text, 0, len(text), _comments(text)), len(text))


def _comments(text: str) -> dict[int, int]:
    """Return the start of each comment by its end, white space at its end aside."""
    return {
        token.start() + len(token["comment"].rstrip()): token.start()
        for token in _TOKEN.finditer(text)
        if token["comment"] is not None
    }


def _lead_start(text: str, header: int, comments: dict[int, int]) -> int:
    """Return where the comment lines directly above the header begin."""
    start = header
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not _is_comment(text, above, start, comments):
            break
        start = above
    return start


def _code_end(text: str, start: int, end: int, comments: dict[int, int]) -> int:
    """Return the end of the last line with code, and of the comment lines directly below it."""
    place = _line_end(text, _last_code(text, start, end, comments), end)
    while place < end:
        below = _line_end(text, place, end)
        if not _is_comment(text, place, below, comments):
            break
        place = below
    return place


def _is_comment(text: str, start: int, end: int, comments: dict[int, int]) -> bool:
    """Say whether the line holds a comment and nothing else."""
    line = text[start:end]
    indent = len(line) - len(line.lstrip())
    return comments.get(start + len(line.rstrip())) == start + indent


def _last_code(text: str, start: int, end: int, comments: dict[int, int]) -> int:
    place = end
    while True:
        place = start + len(text[start:place].rstrip())
        if comments.get(place, -1) < start:
            return place
        place = comments[place]


def _line_end(text: str, place: int, end: int) -> int:
    found = text.find("\n", place, end)
    return end if found < 0 else found + 1
