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


# What a pattern consists of, as far as its size when compiled goes.
_SIZED = re.compile(
    r"""
    \\ [pPNgxuULK] (?: \{[^}]*\} | <[^>]*> )? | \\ . | \[ \^? \]? (?: \\ . | [^\]\\] )* \]
    | (?P<count> \{ [0-9]* (?: , [0-9]* )? \} ) | (?P<open> \( ) | (?P<close> \) ) | .
    """,
    re.VERBOSE | re.DOTALL,
)
_LARGEST = 100_000


class PatternError(ValueError):
    """A pattern is not a regular expression; the message says why and where."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raises PatternError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _refuse_bombs(pattern)
            plain = _BRACES.sub(lambda found: r"\{" if found["brace"] else found[0], pattern)
            return regex.compile(plain, cache_pattern=False)
        except (regex.error, OverflowError, RecursionError) as error:
            raise PatternError(str(error)) from None


def _refuse_bombs(pattern: str) -> None:
    """Raise PatternError if counted repeats of repeats make a pattern too large to compile."""
    sizes, last = [0], 0
    for token in _SIZED.finditer(pattern):
        if token["open"]:
            sizes.append(0)
            last = 0
        elif token["close"] and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif token["count"]:
            times = max(map(int, re.findall(r"[0-9]{1,9}", token["count"])), default=1)
            sizes[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            sizes[-1] += 1
        if sizes[-1] > _LARGEST:
            raise PatternError(f"its repeats stand for more than {_LARGEST:,} characters")


def search(pattern: str, text: str) -> bool:
    """Return whether the pattern matches somewhere; raises TimeoutError."""
    return bool(spans(pattern, text, 1))


def spans(pattern: str, text: str, limit: int) -> list[tuple[int, int]]:
    """Return the spans of the first match, empty or not, and of later ones that are not empty.

    Returns at most `limit` spans. A pattern that backtracks forever takes TIMEOUT_S at most, and
    other threads run meanwhile. Raises TimeoutError if that happens before any match, else returns
    the spans found so far. One that takes too much memory, such as (?R), counts as too slow.
    """
    found: list[tuple[int, int]] = []
    try:
        for match in compiled(pattern).finditer(text, timeout=TIMEOUT_S, concurrent=True):
            if match.end() > match.start() or not found:
                found.append(match.span())
            if len(found) == limit:
                break
    except (TimeoutError, MemoryError):
        if not found:
            raise TimeoutError from None
    return found
