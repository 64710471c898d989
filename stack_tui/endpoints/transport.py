"""Send one HTTP request and read its answer, by httpx or (the hot path) by aiohttp.

Neither follows redirects or returns more than `MAX_BODY` bytes, and plain http never uses a proxy:
model servers are on this machine or near it. An https endpoint elsewhere uses $HTTPS_PROXY if that
is set and $NO_PROXY does not exempt the host.
"""

import errno
import ssl
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import aiohttp
    import httpx

MAX_BODY = 64 * 2**20
CONNECT_S = 10.0
# Below the 5 s after which uvicorn (vLLM, SGLang) closes an idle connection.
KEEPALIVE_S = 4.0
# Compressed, 75 KB can unpack to gigabytes in one step: no compression is asked for or accepted.
_PLAIN = {"accept-encoding": "identity"}

Reason = Literal[
    "refused", "dns", "unreachable", "tls", "reset", "timeout", "not_http", "too_large", "encoded"
]

OnChunk = Callable[[bytes], object] | None


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer as it came; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """No answer came; `reason` says why, `detail` is for test logs only."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail


class HttpxTransport:
    """Requests by httpx, for checks and probes."""

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
        on_chunk: OnChunk = None,
    ) -> Response:
        """Return the answer; raises TransportError if no complete one comes.

        `on_chunk` is called with each piece of the body as it arrives.
        """
        import httpx

        client = self._open(url)
        try:
            sent = {**headers, **_PLAIN}
            async with client.stream(method, url, headers=sent, content=body) as answer:
                names = {name.lower(): value for name, value in answer.headers.multi_items()}
                _refuse_encoded(names)
                content = await _read(answer.aiter_raw(), on_chunk)
                return Response(answer.status_code, names, content)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise TransportError(_reason(error), str(error)) from error

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


class AiohttpTransport:
    """Requests by aiohttp, for runs, where the CPU time of a request counts.

    With 64 requests in flight, one costs 0.1 ms here and 7 ms with httpx, whose pool checks every
    connection for every request.
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
                auto_decompress=False,
                headers=_PLAIN,
                trust_env=False,
            )
        return self._session

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        on_chunk: OnChunk = None,
    ) -> Response:
        """Return the answer; raises TransportError if no complete one comes."""
        import aiohttp

        session = self._open(url)
        try:
            async with session.request(
                method, url, headers=headers, data=body, allow_redirects=False, proxy=self._proxy
            ) as answer:
                names = {name.lower(): value for name, value in answer.headers.items()}
                _refuse_encoded(names)
                content = await _read(answer.content.iter_any(), on_chunk)
                return Response(answer.status, names, content)
        except (aiohttp.ClientError, UnicodeError, OSError) as error:
            raise TransportError(_reason(error), str(error)) from error

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


Transport = HttpxTransport | AiohttpTransport


def _refuse_encoded(headers: Mapping[str, str]) -> None:
    """Raise TransportError if the body is compressed."""
    if headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise TransportError("encoded")


async def _read(chunks: AsyncIterable[bytes], on_chunk: OnChunk) -> bytes:
    """Return the body; `on_chunk` gets each piece. Raises TransportError if it is too large."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if on_chunk:
            on_chunk(chunk)
        if len(content) > MAX_BODY:
            raise TransportError("too_large")
    return bytes(content)


@cache
def _tls(scheme: str) -> ssl.SSLContext:
    """Return the context that verifies certificates; without TLS, one that trusts none."""
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
    """Yield the error and everything that caused it."""
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
