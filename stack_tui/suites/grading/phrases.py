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
        self.folded = fold_case(text)
        # Folding a character never drops it: with equal lengths, each one stays where it was.
        same = len(self.folded) == len(text) and unicodedata.is_normalized("NFC", text)
        self._spans = None if same else list(_spans(text))

    def find(self, phrase: str, limit: int) -> Iterator[tuple[int, int]]:
        """Yield the spans of the first `limit` occurrences in the original, in order."""
        wanted = fold_case(phrase)
        if not wanted:
            yield 0, 0
            return
        place = self.folded.find(wanted)
        while place >= 0 and limit > 0:
            end = place + len(wanted)
            spans = self._spans
            yield (spans[place][0], spans[end - 1][1]) if spans else (place, end)
            place = self.folded.find(wanted, end)
            limit -= 1


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield for each character of the folded text the span in `text` that it came from."""
    start = 0
    for segment in _segments(text):
        end = start + len(segment)
        yield from [(start, end)] * len(fold_case(segment))
        start = end


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
