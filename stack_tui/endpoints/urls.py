"""Base URLs as people paste them, made into the one form that requests are built from."""

from urllib.parse import urlsplit, urlunsplit

from stack_tui.endpoints.errors import EndpointError
from stack_tui.text import one_line

_PASTED = ("/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models")
_OWN_APIS = ("/api/chat", "/api/generate", "/api/tags", "/api")


def base_url(url: str) -> str:
    """Return `url` without a trailing slash or a pasted route; a bare origin gets `/v1`.

    Raises EndpointError where it holds a password, a query or no host.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port == 0 or not url.strip().isprintable() or " " in url.strip():
        raise EndpointError(
            "bad_request",
            f"{one_line(url, 200)!r} is no URL of a server",
            remedy="It should read like http://127.0.0.1:8000/v1.",
        )
    if parts.username or parts.password:
        raise EndpointError(
            "auth",
            f"the URL of {host} holds a user name or password",
            remedy="Take it out and name the variable that holds the key with api_key_env.",
        )
    if parts.query or parts.fragment:
        raise EndpointError(
            "bad_request",
            f"the URL of {host} has a part after its path (? or #)",
            remedy="Give the base URL alone, such as https://host/v1; keys go by api_key_env.",
        )
    path = parts.path.rstrip("/")
    for route in _PASTED:
        path = path.removesuffix(route).rstrip("/")
    if path in ("", *_OWN_APIS):
        path = "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def root_url(base: str) -> str:
    """Return where the server's own routes lie: `base` without its version, such as `/v1`."""
    return base.removesuffix("/v1")
