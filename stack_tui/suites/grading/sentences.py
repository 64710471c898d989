"""Count sentences, approximately as a reader would."""

import re

_LIST_SIGN = re.compile(r"^[ \t]*(?:[-*+•–]|[0-9]{1,3}[.)])[ \t]+", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
# A full stop ends a sentence unless a lower-case word follows; the wide ones always do. Each run of
# stops is tried once, from its start: a text of a million stops would take minutes otherwise.
_CLOSING = r"""["'”’)\]»*_]*+"""
_END = re.compile(
    rf"""(?:(?<![.!?…])[.!?…]++{_CLOSING}(?=\s++(?![a-z])|\Z)|[。！？]++["'”’」』）]*+)"""
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|ca|approx|Dr|Mr|Mrs|Ms|Prof|St|Fig|No|Nos|Eq|Sec|Vol|al)"
    r"|\b(?:[A-Z]\.)*[A-Z])\Z"
)
_LONGEST_ABBREVIATION = 12


def count_sentences(text: str) -> int:
    """Return the number of sentences; a paragraph or list item without a full stop counts as one.

    If initials and abbreviations make it ambiguous, two sentences count as one.
    """
    parts = _PARAGRAPH.split(_LIST_SIGN.sub("\n\n", text))
    return sum(_count(part) for part in parts)


def _count(paragraph: str) -> int:
    paragraph = paragraph.rstrip()
    count = start = 0
    for end in _END.finditer(paragraph):
        before = paragraph[max(start, end.start() - _LONGEST_ABBREVIATION) : end.start()]
        inside = end.end() < len(paragraph)
        if end.group() == "." and inside and _ABBREVIATION.search(before):
            continue
        count += _has_words(paragraph[start : end.start()])
        start = end.end()
    return count + _has_words(paragraph[start:])


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
