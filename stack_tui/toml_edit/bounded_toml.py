"""Parse TOML within bounds: what a file of somebody else holds costs little and fails clearly."""

import re
import tomllib
from typing import Any

from stack_tui.toml_edit import splitter

MAX_CHARACTERS = 64 * 2**20
MAX_KEY_PARTS = 64
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?:{_PART}[ \t]*+\.[ \t]*+){{{MAX_KEY_PARTS},}}")


def loads(text: str) -> dict[str, Any]:
    """Return the tables in `text`; whatever is wrong with it raises TOMLDecodeError.

    A dotted key of many parts is refused unparsed: tomllib takes gigabytes for it.
    """
    if len(text) > MAX_CHARACTERS:
        raise tomllib.TOMLDecodeError(f"larger than {MAX_CHARACTERS >> 20} MiB")
    if _has_long_key(text):
        raise tomllib.TOMLDecodeError(f"a key of more than {MAX_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("nested too deeply") from None
    except ValueError:
        # A date that no calendar has, or more digits than Python converts.
        raise tomllib.TOMLDecodeError("a number or date is out of range") from None


def _has_long_key(text: str) -> bool:
    """Return whether a key has too many parts; texts and comments are passed over."""
    if all(line.count(".") < MAX_KEY_PARTS for line in text.split("\n")):
        return False
    return bool(_LONG_KEY.search(splitter.without_texts(text)))
