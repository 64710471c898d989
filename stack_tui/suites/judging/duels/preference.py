"""Parse which of two outputs a judge prefers; None rather than a guess."""

import re
import unicodedata
from typing import Literal

from stack_tui.suites.judging.score_parser import without_thinking

Preference = Literal["first", "second", "tie"]

_EDGE = 2000
_DECORATION = re.compile(r"""[*_`#>"'“”‘’$\[\](){}]+|\\boxed""")
_WORDS: dict[str, Preference] = {
    "first": "first",
    "1": "first",
    "1st": "first",
    "one": "first",
    "second": "second",
    "2": "second",
    "2nd": "second",
    "two": "second",
    "tie": "tie",
    "equal": "tie",
    "neither": "tie",
    "both": "tie",
    "draw": "tie",
}
_ONE = rf"(?:the\s+)?(?:output\s+)?(?P<word>{'|'.join(_WORDS)})(?:\s+(?:output|one))?"
_ALONE = re.compile(rf"{_ONE}(?:\s+(?:is|are)\s+(?:better|equal|equally\s+good))?\W*")
_NAMED = re.compile(
    r"\b(?:answer|verdict|winner|choice|judge?ment|better(?:\s+(?:output|one))?|preferred"
    rf"(?:\s+output)?)\s*(?:is|:|=|->|→)+\s*{_ONE}\b(?!\s*(?:or|and|/|,)\s*\w)"
)
_FIRST_PAST = re.compile(rf"{_ONE}\s+(?:is|was)\s+(?:clearly\s+|slightly\s+|much\s+)?better\b")


def parse_preference(text: str) -> Preference | None:
    """Return the only choice that `text` states, None if it states none or several."""
    plain = _plain(text)
    lines = (_ALONE.fullmatch(line.strip()) for line in plain.splitlines())
    for found in (
        [match for match in lines if match],
        list(_NAMED.finditer(plain)),
        list(_FIRST_PAST.finditer(plain)),
    ):
        if found:
            chosen = {_WORDS[match["word"]] for match in found}
            return chosen.pop() if len(chosen) == 1 else None
    return None


def _plain(text: str) -> str:
    answer = without_thinking(text)
    if len(answer) > 2 * _EDGE:
        answer = f"{answer[:_EDGE]}\nx\n{answer[-_EDGE:]}"
    return _DECORATION.sub(" ", unicodedata.normalize("NFKC", answer).casefold()).strip()
