"""Regular expressions of a suite's author, run on untrusted text within a bounded time."""

import warnings
from functools import lru_cache
from typing import Any

import regex

TIMEOUT_S = 1.0


class PatternError(ValueError):
    """A pattern that is not a regular expression; its message says why and where."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raises PatternError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return regex.compile(pattern, cache_pattern=False)
        except (regex.error, OverflowError, RecursionError) as error:
            raise PatternError(str(error)) from None


def search(pattern: str, text: str) -> bool:
    """Return whether the pattern matches somewhere; raises TimeoutError."""
    return bool(spans(pattern, text, 1))


def spans(pattern: str, text: str, limit: int) -> list[tuple[int, int]]:
    """Return the spans of the first match, even if it is empty, and of further ones that are not.

    At most `limit` spans are returned. Other threads run on meanwhile: a pattern that backtracks
    without end takes TIMEOUT_S at most. TimeoutError is raised if that happens before any match;
    after it, the spans found so far are returned.
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
