"""Text as words without case and punctuation, by which copies are found."""

import re
from collections.abc import Sequence

from stack_tui.text import fold_case

# In scripts without spaces, each character counts as a word.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_APART = re.compile(f"[{_SPACELESS}\U00020000-\U0003ffff]")
_SIGNS = re.compile(r"[^\w\x00-\x7f]+")
_TO_SPACE = bytes(code if chr(code).isalnum() or code >= 0x80 else 0x20 for code in range(0x100))


def words(text: str) -> list[bytes]:
    """Return the case-folded words of `text` as UTF-8; 1 GB of ASCII takes half a minute."""
    folded = fold_case(text)
    if not folded.isascii():
        folded = _SIGNS.sub(" ", _APART.sub(r" \g<0> ", folded))
    return folded.encode("utf-8", "replace").translate(_TO_SPACE).split()


def shingles(sequence: Sequence[bytes], size: int) -> set[tuple[bytes, ...]]:
    """Return all runs of `size` words, or the whole text if it is shorter."""
    last = max(len(sequence) - size, 0)
    return {tuple(sequence[place : place + size]) for place in range(last + 1)}
