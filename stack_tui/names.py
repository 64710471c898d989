"""Names: of files, slugs, names that are still free, counted nouns, what a misspelt name means."""

import difflib
import hashlib
import itertools
import re
from collections.abc import Container, Iterable, Sequence

_HISSING = ("s", "x", "z", "ch", "sh")

# With a suffix and what a temporary file adds, this is below the least that file systems take: 143
# bytes where names are encrypted.
_MOST_BYTES = 100
_DIGEST_LENGTH = 6
_PLAIN_FILE_NAME = re.compile(r"\w[\w.+=@, ()\[\]:-]*")
_NOT_PLAIN = re.compile(r"[^\w.+=@,()\[\]:-]+")


def file_name(name: str, suffix: str = "") -> str:
    """Return the name of the file for what is called `name`, whoever chose that name.

    It is one part of a path, of a bounded length, and visible as it is: no separators, no controls,
    no leading dot. A plain name is kept; any other keeps the end of it that can be read, and gets a
    digest, so that different names stay different.
    """
    if _PLAIN_FILE_NAME.fullmatch(name) and not name.endswith(" ") and _fits(name):
        return f"{name}{suffix}"
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    readable = _NOT_PLAIN.sub("_", last).lstrip("._+=@,()[]:-")
    return f"{_cut(readable, _MOST_BYTES - _DIGEST_LENGTH - 1) or 'name'}-{_digest(name)}{suffix}"


def joined_name(names: Sequence[str]) -> str:
    """Return the names joined by +, or if that is long the first, the number of others, a digest.

    For example mmlu_anatomy+gsm8k, or mmlu_anatomy+21_more-1a2b3c.
    """
    joined = "+".join(names)
    if len(names) < 2 or _fits(joined):
        return joined
    more = f"+{len(names) - 1}_more-{_digest(joined)}"
    return _cut(names[0], _MOST_BYTES - len(more)) + more


def _fits(name: str) -> bool:
    return len(name.encode(errors="replace")) <= _MOST_BYTES


def _cut(name: str, limit: int) -> str:
    return name.encode(errors="replace")[:limit].decode(errors="ignore")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


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


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th or 22nd."""
    last = number % 10 if number % 100 // 10 != 1 else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def did_you_mean(name: str, known: Iterable[str], count: int = 1) -> str:
    """Return "Did you mean a or b?" with up to `count` names like `name`, "" if none is close."""
    close = difflib.get_close_matches(name, list(known), n=count)
    return f"Did you mean {' or '.join(close)}?" if close else ""
