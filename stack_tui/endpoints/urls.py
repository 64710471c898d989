"""Base URLs as people paste them, made into the one form that requests are built from."""

from urllib.parse import urlsplit, urlunsplit

_PASTED = ("/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models")
_NATIVE = ("/api/chat", "/api/generate", "/api/tags", "/api")


def base_url(url: str) -> str:
    """Return `url` without a trailing slash or a pasted route; a bare origin gets `/v1`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    for route in _PASTED:
        path = path.removesuffix(route).rstrip("/")
    if path in ("", *_NATIVE):
        path = "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def root_url(base: str) -> str:
    """Return where the server's own routes lie: `base` without its version, such as `/v1`."""
    return base.removesuffix("/v1")
