"""Decode JSON that a server sent, with bounds on its depth and its number of values."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from stack_tui.text import well_formed

MAX_DEPTH = 100
# A value takes about 80 bytes of memory, so that a body of 64 MiB of {} would take 1.7 GB.
MAX_VALUES = 4_000_000
TOO_DEEP = "nested too deeply"
TOO_MANY = "too many values"
_BOM = b"\xef\xbb\xbf"


def decode_json(body: bytes) -> Any:
    """Return the JSON in `body`; NaN and lone surrogates (as U+FFFD) pass. Raises ValueError.

    Deeper nesting than MAX_DEPTH, or more values than MAX_VALUES, is refused.
    """
    body = body.removeprefix(_BOM)
    brackets = body.count(b"[") + body.count(b"{")
    if brackets > MAX_DEPTH and brackets + body.count(b",") > MAX_VALUES:
        raise ValueError(TOO_MANY)
    data = _decoded(body)
    if brackets > MAX_DEPTH and _is_deep(data):
        raise ValueError(TOO_DEEP)
    return data


def decode_any(body: bytes) -> Any:
    """Return the JSON in `body`, or its text if it is not JSON."""
    try:
        return decode_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def with_valid_text(data: Any) -> Any:
    """Return the JSON with every lone surrogate replaced by U+FFFD."""
    if isinstance(data, str):
        return well_formed(data)
    if isinstance(data, list | tuple):
        return [with_valid_text(item) for item in data]
    if isinstance(data, Mapping):
        return {well_formed(name): with_valid_text(value) for name, value in data.items()}
    return data


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError):
        pass
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    try:
        return with_valid_text(json.loads(body.decode("utf-8", "replace")))
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
