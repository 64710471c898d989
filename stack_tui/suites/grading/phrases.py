"""Find phrases in a text regardless of case and typography, with their places in the original."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from stack_tui.text import fold_case, without_stacks

_SPACES = re.compile(r"\s+")
# Signs that look alike in a text and that models choose as they like. Invisible ones are dropped.
_TYPOGRAPHY: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"), '"'),
    **dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"), None),
}


def fold_phrase(text: str) -> str:
    """Return `text` in the form in which phrases are compared.

    Besides letter case, these do not matter: the kind and number of spaces and line breaks, the
    kind of hyphens, dashes and quotation marks, and zero-width characters.

    >>> fold_phrase("30\\u202fdays,\\n don\\u2019t")
    "30 days, don't"
    """
    return _SPACES.sub(" ", fold_case(text).translate(_TYPOGRAPHY))


def contains(folded: str, phrase: str) -> bool:
    """Return whether a text that `fold_phrase` has folded contains the phrase."""
    return fold_phrase(phrase) in folded


class FoldedText:
    """A folded text that maps each character to its span in the original."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.folded = fold_phrase(text)

    def find(self, phrase: str, limit: int) -> Iterator[tuple[int, int]]:
        """Yield the spans of the first `limit` occurrences in the original, in order."""
        wanted = fold_phrase(phrase)
        if not wanted:
            yield 0, 0
            return
        place = self.folded.find(wanted)
        while place >= 0 and limit > 0:
            end = place + len(wanted)
            yield self._span(place, end)
            place = self.folded.find(wanted, end)
            limit -= 1

    def _span(self, start: int, end: int) -> tuple[int, int]:
        spans = self._spans
        return (spans[start][0], spans[end - 1][1]) if spans else (start, end)

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """The span of each folded character in the original; empty if none has moved.

        Folding the case never drops a character, and the rest never adds one: with equal lengths,
        each one stays where it was.
        """
        text, folded = self._text, fold_case(self._text)
        same = len(text) == len(folded) == len(self.folded)
        if same and _is_composed(text):
            return []
        return list(_kept(folded, list(_spans(text))))


def _kept(folded: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of what `fold_phrase` keeps of a text whose case is folded."""
    spaced: tuple[int, int] | None = None
    for char, (start, end) in zip(folded, spans, strict=True):
        if _TYPOGRAPHY.get(ord(char), char) is None:
            continue
        if char.isspace():
            spaced = (spaced[0] if spaced else start, end)
            continue
        if spaced:
            yield spaced
            spaced = None
        yield start, end
    if spaced:
        yield spaced


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield for each character of the folded text the span in `text` that it came from."""
    start = 0
    for segment in _segments(text):
        end = start + len(segment)
        yield from [(start, end)] * len(fold_case(segment))
        start = end


def _segments(text: str) -> Iterator[str]:
    """Yield pieces of the text that each compose (NFC) independently."""
    if _is_composed(text):
        yield from text
        return
    segment = ""
    for char in text:
        if segment and (unicodedata.combining(char) or _composes(segment, char)):
            segment += char
            continue
        if segment:
            yield segment
        segment = char
    if segment:
        yield segment


def _is_composed(text: str) -> bool:
    return without_stacks(text) == text and unicodedata.is_normalized("NFC", text)


def _composes(segment: str, char: str) -> bool:
    together = unicodedata.normalize("NFC", segment + char)
    apart = unicodedata.normalize("NFC", segment) + unicodedata.normalize("NFC", char)
    return together != apart
