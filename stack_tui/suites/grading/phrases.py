"""Find phrases in a text regardless of case, with their positions in the original text."""

import unicodedata
from collections.abc import Iterator

from stack_tui.text import fold_case


def contains(folded: str, phrase: str) -> bool:
    """Return whether a text that `fold_case` has folded contains the phrase."""
    return fold_case(phrase) in folded


class FoldedText:
    """A folded text that maps each character to its span in the original."""

    def __init__(self, text: str) -> None:
        self._spans: list[tuple[int, int]] = []
        if text.isascii():
            self.folded = fold_case(text)
            self._spans = [(place, place + 1) for place in range(len(text))]
            return
        pieces: list[str] = []
        start = 0
        for segment in _segments(text):
            piece = fold_case(segment)
            end = start + len(segment)
            pieces.append(piece)
            self._spans += [(start, end)] * len(piece)
            start = end
        self.folded = "".join(pieces)

    def find(self, phrase: str, limit: int) -> Iterator[tuple[int, int]]:
        """Yield the spans of the first `limit` occurrences in the original, in order."""
        wanted = fold_case(phrase)
        if not wanted:
            yield 0, 0
            return
        place = self.folded.find(wanted)
        while place >= 0 and limit > 0:
            end = place + len(wanted)
            yield self._spans[place][0], self._spans[end - 1][1]
            place = self.folded.find(wanted, end)
            limit -= 1


def _segments(text: str) -> Iterator[str]:
    """Yield pieces of the text that each compose (NFC) independently."""
    if unicodedata.is_normalized("NFC", text):
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


def _composes(segment: str, char: str) -> bool:
    together = unicodedata.normalize("NFC", segment + char)
    apart = unicodedata.normalize("NFC", segment) + unicodedata.normalize("NFC", char)
    return together != apart
