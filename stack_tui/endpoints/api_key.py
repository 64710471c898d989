"""An endpoint's API key: read from the environment and sent to its origin only."""

import os
from typing import Any
from urllib.parse import urlsplit

from stack_tui.endpoints.endpoint_errors import EndpointError

_ANTHROPIC = "api.anthropic.com"
_ANTHROPIC_VERSION = "2023-06-01"
_SHORTEST_REDACTED = 4
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
        """Return whether JSON may contain the key, plain or escaped."""
        if len(self._value) < _SHORTEST_REDACTED:
            return False
        return self._value.encode() in body or b"\\" in body

    def redact(self, text: str) -> str:
        """Return `text` with the key replaced wherever a server echoed it."""
        if len(self._value) < _SHORTEST_REDACTED:
            return text
        return text.replace(self._value, REDACTED)

    def redact_all(self, data: Any) -> Any:
        """Return decoded JSON with the key replaced in every string."""
        if isinstance(data, str):
            return self.redact(data)
        if isinstance(data, list):
            return [self.redact_all(item) for item in data]
        if isinstance(data, dict):
            return {self.redact(name): self.redact_all(value) for name, value in data.items()}
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
