"""A suite's regular expressions, run on untrusted text with a time limit.

The dialect is that of Python's `re`, with what the `regex` library adds to it but for fuzzy
matching: there `frac{d}{dx}` would allow a deletion, and here the braces are braces.
"""

import re
import warnings
from functools import lru_cache
from typing import Any

import regex

TIMEOUT_S = 1.0
# An escape with its braces, a set of characters, a counted repeat, or a brace that is none of it.
_BRACES = re.compile(
    r"""
    \\ [pPNgxuULK] (?: \{[^}]*\} | <[^>]*> )? | \\ . | \[ \^? \]? (?: \\ . | [^\]\\] )* \]
    | \{ [0-9]+ (?: , [0-9]* )? \} | \{ , [0-9]+ \} | (?P<brace> \{ )
    """,
    re.VERBOSE | re.DOTALL,
)


class PatternError(ValueError):
    """A pattern is not a regular expression; the message says why and where."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raises PatternError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            plain = _BRACES.sub(lambda found: r"\{" if found["brace"] else found[0], pattern)
            return regex.compile(plain, cache_pattern=False)
        except (regex.error, OverflowError, RecursionError) as error:
            raise PatternError(str(error)) from None


def search(pattern: str, text: str) -> bool:
    """Return whether the pattern matches somewhere; raises TimeoutError."""
    return bool(spans(pattern, text, 1))


def spans(pattern: str, text: str, limit: int) -> list[tuple[int, int]]:
    """Return the spans of the first match, empty or not, and of later ones that are not empty.

    Returns at most `limit` spans. A pattern that backtracks forever takes TIMEOUT_S at most, and
    other threads run meanwhile. Raises TimeoutError if that happens before any match, else returns
    the spans found so far.
    """
    found: list[tuple[int, int]] = []
    try:
        for match in compiled(pattern).finditer(text, timeout=TIMEOUT_S, concurrent=True):
            if match.end() > match.start() or not found:
                found.append(match.span())
            if len(found) == limit:
                break
    except TimeoutError:
        if not found:
            raise
    return found
