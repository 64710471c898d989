"""Names: slugs, names that are still free, counted nouns, and what a misspelt name may mean."""

import difflib
import itertools
import re
from collections.abc import Container, Iterable

_HISSING = ("s", "x", "z", "ch", "sh")


def slug(text: str, limit: int = 60) -> str:
    """Return `text` as lower-case words of a-z and 0-9 joined by hyphens, "" if none are left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:limit].strip("-")


def first_free(name: str, taken: Container[str]) -> str:
    """Return `name`, or the first of name-2, name-3, … that is not taken."""
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


def plural(number: int, noun: str) -> str:
    """Return 1 case, 14,042 cases, 2 processes or 3 queries."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        noun = f"{noun[:-1]}ie"
    return f"{number:,} {noun}{'es' if noun.endswith(_HISSING) else 's'}"


def did_you_mean(name: str, known: Iterable[str], count: int = 1) -> str:
    """Return "Did you mean a or b?" with up to `count` names like `name`, "" if none is close."""
    close = difflib.get_close_matches(name, list(known), n=count)
    return f"Did you mean {' or '.join(close)}?" if close else ""
