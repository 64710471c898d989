"""Regular expressions of a suite's author, run on untrusted text within a bounded time."""

import warnings
from functools import lru_cache
from typing import Any

import regex

TIMEOUT_S = 1.0


class PatternError(ValueError):
    """A pattern that is no regular expression; its message says why and where."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raises PatternError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return regex.compile(pattern, cache_pattern=False)
        except (regex.error, OverflowError, RecursionError) as error:
            raise PatternError(str(error)) from None


def search(pattern: str, text: str) -> tuple[int, int] | None:
    """Return the span of the first match, None where there is none; raises TimeoutError.

    Other threads run on meanwhile: a pattern that backtracks without end costs TIMEOUT_S at most.
    """
    match = compiled(pattern).search(text, timeout=TIMEOUT_S, concurrent=True)
    return None if match is None else match.span()


def spans(pattern: str, text: str, limit: int) -> list[tuple[int, int]]:
    """Return the spans of at most `limit` matches that are not empty; raises TimeoutError."""
    found: list[tuple[int, int]] = []
    for match in compiled(pattern).finditer(text, timeout=TIMEOUT_S, concurrent=True):
        if match.end() > match.start():
            found.append(match.span())
        if len(found) == limit:
            break
    return found
