"""Base URLs as people paste them, in the one form that requests are built from."""

from urllib.parse import urlsplit, urlunsplit

_PASTED = ("/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models")
_NATIVE = ("/api/chat", "/api/generate", "/api/tags", "/api")


def base_url(url: str) -> str:
    """Return `url` without a trailing slash or a pasted route; a bare origin gets `/v1`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    while pasted := next((route for route in _PASTED if path.endswith(route)), ""):
        path = path.removesuffix(pasted).rstrip("/")
    if path in ("", *_NATIVE):
        path = "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def root_url(base: str) -> str:
    """Return where the server's own routes lie: `base` without its version, such as `/v1`."""
    return base.removesuffix("/v1")


def url_problem(url: str) -> str:
    """Return why `url` is not a base URL, "" if it is; the URL is not quoted: it may hold a key."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a valid server URL"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password; name the key's variable in api_key_env"
    if parts.query or parts.fragment:
        return "must end with its path, without ? or #; name the key's variable in api_key_env"
    if not host or port == 0 or not url.isprintable() or " " in url:
        return "is not a valid server URL"
    return ""
