"""Sending one HTTP request and reading its answer, by httpx or (the hot path) by aiohttp.

Neither follows redirects, neither answers more than `MAX_BODY` bytes, and plain http never goes
through a proxy: model servers are on this machine or near it. An https endpoint elsewhere goes
through $HTTPS_PROXY where that is set and $NO_PROXY does not exempt the host.
"""

import errno
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import aiohttp
    import httpx

MAX_BODY = 64 * 2**20
CONNECT_S = 10.0
# Below the five seconds after which uvicorn (vLLM, SGLang) closes an idle connection.
KEEPALIVE_S = 4.0

Reason = Literal[
    "refused", "dns", "unreachable", "tls", "reset", "timeout", "not_http", "too_large"
]

Heard = Callable[[bytes], object] | None


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer as it came; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """No answer came: why, in one word of a fixed set. Its text is for logs of tests alone."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail


class Transport(Protocol):
    """What carries requests to one endpoint's origin; one per client, closed by it."""

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        heard: Heard = None,
    ) -> Response:
        """Send the request; raises TransportError where no whole answer comes.

        `heard` gets each piece of an answer as it comes.
        """
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class HttpxTransport:
    """Requests by httpx: for checks and probes, a few at a time."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    def _open(self, url: str) -> "httpx.AsyncClient":
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=_tls(urlsplit(url).scheme),
                proxy=proxy_for(url),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(None, connect=CONNECT_S),
                limits=httpx.Limits(keepalive_expiry=KEEPALIVE_S),
            )
        return self._client

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        heard: Heard = None,
    ) -> Response:
        """Send the request; raises TransportError where no whole answer comes."""
        import httpx

        client = self._open(url)
        try:
            async with client.stream(method, url, headers=dict(headers), content=body) as answer:
                content = bytearray()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if heard:
                        heard(chunk)
                    if len(content) > MAX_BODY:
                        raise TransportError("too_large")
                return Response(answer.status_code, dict(answer.headers), bytes(content))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise TransportError(_reason(error), str(error)) from error

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


class AiohttpTransport:
    """Requests by aiohttp: for runs, where a request's own cost counts.

    With 64 in flight a request costs the client 0.1 ms of CPU here and 7 ms by httpx, whose pool
    looks at every connection for every request.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._proxy: str | None = None

    def _open(self, url: str) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._proxy = proxy_for(url)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ssl=_tls(urlsplit(url).scheme), keepalive_timeout=KEEPALIVE_S
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        heard: Heard = None,
    ) -> Response:
        """Send the request; raises TransportError where no whole answer comes."""
        import aiohttp

        session = self._open(url)
        try:
            async with session.request(
                method, url, headers=headers, data=body, allow_redirects=False, proxy=self._proxy
            ) as answer:
                content = bytearray()
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if heard:
                        heard(chunk)
                    if len(content) > MAX_BODY:
                        raise TransportError("too_large")
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, names, bytes(content))
        except (aiohttp.ClientError, UnicodeError, OSError) as error:
            raise TransportError(_reason(error), str(error)) from error

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


@cache
def _tls(scheme: str) -> ssl.SSLContext:
    """Return the context that verifies certificates; one that trusts none where TLS is not used."""
    if scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for `url`; always None for plain http."""
    import urllib.request

    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or host == "localhost" or host.startswith("127.") or host == "::1":
        return None
    if urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get("https")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all that led to it."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause in seen:
            continue
        seen.append(cause)
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting += filter(None, (cause.__cause__, cause.__context__))


def _reason(error: BaseException) -> Reason:
    import socket

    for cause in _causes(error):
        name = type(cause).__name__
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, socket.gaierror | UnicodeError) or name == "InvalidURL":
            return "dns"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
        if isinstance(cause, TimeoutError) or "Timeout" in name:
            return "timeout"
        if isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return "unreachable"
        if name in ("BadStatusLine", "BadHttpMessage", "InvalidHeader") or "illegal" in str(cause):
            return "not_http"
    return "reset"
