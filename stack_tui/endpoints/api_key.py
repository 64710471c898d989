"""An endpoint's API key: read from the environment and sent to its origin only."""

import os
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.text import INVISIBLE

_ANTHROPIC = "api.anthropic.com"
_ANTHROPIC_VERSION = "2023-06-01"
_SHORTEST_REDACTED = 4
_SHORTEST_IN_DATA = 16
_SHORTEST_PIECE = 12
_INVISIBLE = f"{INVISIBLE.pattern}*"
REDACTED = "[key]"


class ApiKey:
    """A key that its repr and str do not reveal; an empty one means no key."""

    def __init__(self, value: str = "") -> None:
        self._value = value

    def __repr__(self) -> str:
        return f"Key({REDACTED if self._value else ''})"

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers that authenticate a request to `url`.

        Anthropic's routes take `x-api-key`, except its OpenAI-compatible chat route.
        """
        if not self._value:
            return {}
        parts = urlsplit(url)
        if parts.hostname == _ANTHROPIC and not parts.path.endswith("/chat/completions"):
            return {"x-api-key": self._value, "anthropic-version": _ANTHROPIC_VERSION}
        return {"authorization": f"Bearer {self._value}"}

    def may_be_in(self, body: bytes) -> bool:
        """Return whether JSON may contain a key that `redact_graded` replaces, plain or escaped."""
        if len(self._value) < _SHORTEST_IN_DATA:
            return False
        return self._value.encode() in body or b"\\" in body

    def redact(self, text: str) -> str:
        """Return a text that is shown, with the key replaced wherever a server echoed it.

        A key with invisible characters in it counts, and so does the first half of a long one.
        """
        if len(self._value) < _SHORTEST_REDACTED or self._value[0] not in text:
            return text
        return self._pattern.sub(REDACTED, text)

    def redact_all(self, data: Any) -> Any:
        """Return decoded JSON that is shown, with the key replaced in every string."""
        return _each_string(data, self.redact)

    def redact_graded(self, data: Any) -> Any:
        """Return decoded JSON that is graded and stored, with a long key replaced in every string.

        A short one may be a word, such as none or EMPTY, which answers contain by chance.
        """
        if len(self._value) < _SHORTEST_IN_DATA:
            return data
        return _each_string(data, lambda text: text.replace(self._value, REDACTED))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        whole = _INVISIBLE.join(map(re.escape, self._value))
        if len(self._value) < _SHORTEST_IN_DATA:
            return re.compile(whole)
        half = max(_SHORTEST_PIECE, len(self._value) // 2)
        piece = _INVISIBLE.join(map(re.escape, self._value[:half]))
        # What follows the first half of a key and could belong to it goes as well.
        return re.compile(f"{whole}|{piece}[{re.escape(''.join(sorted(set(self._value))))}]*")


def _each_string(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_each_string(item, change) for item in data]
    if isinstance(data, dict):
        return {change(name): _each_string(value, change) for name, value in data.items()}
    return data


def read_key(variable: str | None) -> ApiKey:
    """Return the key in the environment variable, an empty one if no variable is named.

    Raises EndpointError that names the variable if it is unset, empty or not valid in a header.
    """
    if variable is None:
        return ApiKey()
    value = os.environ.get(variable, "").strip()
    if not value:
        raise EndpointError(
            "auth",
            f"the environment variable {variable}, which holds the key, is not set",
            remedy=f"export {variable}=… in the shell that starts stack-tui.",
        )
    if not (value.isascii() and value.isprintable()):
        raise EndpointError(
            "auth",
            f"the environment variable {variable} holds something that cannot be a key",
            remedy="A key is a single line of ASCII letters, digits and signs.",
        )
    return ApiKey(value)
