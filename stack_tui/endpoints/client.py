"""The client: every request to an endpoint goes through it, with key, limit and retries."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from stack_tui import __version__
from stack_tui.config.decode import Endpoint
from stack_tui.config.urls import base_url, root_url
from stack_tui.endpoints.api_key import ApiKey, read_key
from stack_tui.endpoints.endpoint_errors import EndpointError, embedded_error, from_status
from stack_tui.endpoints.foreign_data import foreign_data
from stack_tui.endpoints.json_answer import (
    TOO_DEEP,
    TOO_MANY,
    decode_any,
    decode_json,
    with_valid_text,
)
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.retry import RetryPolicy
from stack_tui.endpoints.transport import (
    MAX_BODY,
    HttpxTransport,
    OnChunk,
    Reason,
    Response,
    Transport,
    TransportError,
)
from stack_tui.paths import CONFIG_NAME
from stack_tui.text import one_line

AnswerCheck = Callable[[Any], EndpointError | None]
OnRetry = Callable[[EndpointError, float], None]

_OVERLOADED = frozenset({"timeout", "connection", "rate_limit", "server_error"})
_REASONS: Mapping[Reason, tuple[str, str]] = {
    "refused": (
        "nothing listens there: connection refused",
        "Is the server started, and is this its port? vLLM opens it only once the model is loaded.",
    ),
    "dns": ("the host's name is not known", "Check the URL's spelling and this machine's network."),
    "unreachable": ("no route leads to the host", "Check the address, the network and any VPN."),
    "tls": (
        "no secure connection: its certificate or TLS was not accepted",
        "Use http:// for a server without TLS; for a private authority set SSL_CERT_FILE.",
    ),
    "reset": ("the connection was closed before an answer", "The server may be restarting."),
    "timeout": (
        "the host does not answer: no connection within the time",
        "Check the address and whether a firewall or a tunnel that is down stands between.",
    ),
    "not_http": (
        "what listens there does not speak HTTP",
        "Check the port; a server with TLS needs https://.",
    ),
    "too_large": (f"the answer is over {MAX_BODY // 2**20} MiB and was refused", ""),
    "encoded": (
        "the answer is compressed, though the request allows no compression",
        "Switch compression off in the server, or in the proxy before it.",
    ),
}


@dataclass(frozen=True)
class Reply:
    """A decoded answer; `latency_s` is that of the last attempt, header names are in lower case."""

    data: Any
    status: int
    headers: Mapping[str, str]
    latency_s: float
    attempts: int


class Client:
    """Requests to one endpoint: `async with Client(endpoint) as client`."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        url: str | None = None,
        policy: RetryPolicy | None = None,
        limit: Limit | None = None,
        transport: Transport | None = None,
        on_retry: OnRetry | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.url = base_url(url or endpoint.url)
        self.where = f"endpoint {endpoint.name} ({self.url})"
        self.limit = limit or Limit(endpoint.concurrency)
        self._policy = policy or RetryPolicy()
        self._transport = transport or HttpxTransport()
        self.on_retry = on_retry
        self._key = ApiKey()

    async def __aenter__(self) -> Self:
        if self.endpoint.key_withheld:
            raise _withheld(self.endpoint.api_key_env).at(self.where)
        try:
            self._key = read_key(self.endpoint.api_key_env)
        except EndpointError as error:
            raise error.at(self.where) from None
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._transport.close()

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        root: bool = False,
        check: AnswerCheck | None = None,
        never_retried: Collection[int] = (),
    ) -> Reply:
        """Send `body` as JSON and return the decoded answer; raises EndpointError.

        An error that `check` finds in the answer is retried like any other; one of a status in
        `never_retried` is raised at once.
        """
        return await self._request(
            "POST", path, _encode(body), root=root, check=check, never_retried=never_retried
        )

    async def stream(
        self, path: str, body: Mapping[str, Any], on_chunk: Callable[[bytes], object]
    ) -> Reply:
        """Send `body` as JSON, return the answer's text; `on_chunk` gets each piece as it arrives.

        Raises EndpointError. The pieces may contain an error, or an answer that was not completed.
        """
        return await self._request(
            "POST", path, _encode(body), root=False, as_text=True, on_chunk=on_chunk
        )

    async def get(self, path: str, *, root: bool = False) -> Reply:
        """Return the decoded JSON at `path`; raises EndpointError."""
        return await self._request("GET", path, None, root=root)

    async def get_text(self, path: str, *, root: bool = False) -> Reply:
        """Return the text at `path`, such as a page of metrics; raises EndpointError."""
        return await self._request("GET", path, None, root=root, as_text=True)

    async def _request(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        root: bool,
        as_text: bool = False,
        on_chunk: OnChunk = None,
        check: AnswerCheck | None = None,
        never_retried: Collection[int] = (),
    ) -> Reply:
        url = f"{root_url(self.url) if root else self.url}/{path.lstrip('/')}"
        kinds: Counter[str] = Counter()
        async with self.limit.slot():
            while True:
                began = time.monotonic()
                try:
                    with foreign_data():
                        response = await self._send(method, url, body, on_chunk)
                        data = self._read(response, as_text=as_text)
                        if check and (found := check(data)):
                            raise found
                except EndpointError as error:
                    failed = error.at(self.where, self._remedy(error))
                    self.limit.note(failed.kind not in _OVERLOADED)
                    if failed.status in never_retried:
                        raise failed from None
                    if not kinds:
                        first_failure = time.monotonic()
                    kinds[failed.kind] += 1
                    await self._wait(failed, kinds, time.monotonic() - first_failure)
                    continue
                self.limit.note(True)
                latency_s = time.monotonic() - began
                return Reply(data, response.status, response.headers, latency_s, kinds.total() + 1)

    async def _wait(self, error: EndpointError, kinds: Counter[str], spent_s: float) -> None:
        """Sleep until the retry; raises `error` if there is none."""
        wait_s = self._policy.wait_s(error, kinds.total(), kinds[error.kind], spent_s)
        if wait_s is None:
            raise error
        if self.on_retry is not None:
            self.on_retry(error, wait_s)
        await self.limit.rest(wait_s)

    async def _send(self, method: str, url: str, body: bytes | None, on_chunk: OnChunk) -> Response:
        headers = {"accept": "application/json, text/plain", "user-agent": _AGENT}
        if body is not None:
            headers["content-type"] = "application/json"
        headers |= self._key.headers(url)
        try:
            async with asyncio.timeout(self.endpoint.timeout_s):
                return await self._transport.send(method, url, headers, body, on_chunk)
        except TransportError as error:
            what, remedy = _REASONS[error.reason]
            raise EndpointError(
                "bad_answer" if error.reason in ("too_large", "encoded") else "connection",
                what,
                remedy=remedy,
                retryable=error.reason not in ("tls", "not_http", "too_large", "encoded"),
            ) from None
        except TimeoutError:
            raise EndpointError(
                "timeout",
                f"no answer within {self.endpoint.timeout_s:g} s",
                remedy="Raise timeout_s if the server is slow rather than stuck.",
                retryable=True,
            ) from None

    def _read(self, response: Response, *, as_text: bool) -> Any:
        if not 200 <= response.status < 300:
            body = self._key.redact_all(decode_any(response.body))
            headers = {name: self._key.redact(text) for name, text in response.headers.items()}
            raise from_status(response.status, body, headers)
        if as_text:
            return self._key.redact(response.body.decode("utf-8", "replace"))
        try:
            data = decode_json(response.body)
        except ValueError as problem:
            # Redacted before it is cut: the cut may go through the key.
            text = self._key.redact(response.body[:_EXCERPT].decode("utf-8", "replace"))
            media = response.headers.get("content-type", "")
            raise _not_json(text, media, str(problem)) from None
        if embedded_error(data) and (error := embedded_error(self._key.redact_all(data))):
            raise error
        return self._key.redact_graded(data) if self._key.may_be_in(response.body) else data

    def _remedy(self, error: EndpointError) -> str:
        if error.kind != "auth":
            return ""
        if self.endpoint.api_key_env:
            return f"Check the key in {self.endpoint.api_key_env}."
        place = f"[endpoints.{self.endpoint.name}]"
        return f'Name the variable that holds the key: api_key_env = "…" under {place}.'


_AGENT = f"stack-tui/{__version__}"
_EXCERPT = 4000


def _withheld(variable: str | None) -> EndpointError:
    return EndpointError(
        "auth",
        f"{variable} is not sent: this folder's {CONFIG_NAME} names it, and is not trusted yet",
        remedy="Read the file. If it is fine, allow it once with: stack-tui trust",
    )


def _not_json(excerpt: str, content_type: str, problem: str) -> EndpointError:
    if "html" in content_type or excerpt.lstrip()[:1] == "<":
        return EndpointError(
            "bad_answer",
            "the answer is a web page, not the API of a model server",
            remedy="Check host, port and path; the URL should end where /chat/completions follows.",
            retryable=True,
        )
    return EndpointError(
        "bad_answer",
        f"the answer is not JSON: {one_line(excerpt, 120)!r}" + _bound_named(problem),
        remedy="Check that the URL is a model server's; a proxy between may have cut the answer.",
        retryable=True,
    )


def _bound_named(problem: str) -> str:
    return f" ({problem})" if problem in (TOO_DEEP, TOO_MANY) else ""


def _encode(body: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        return msgspec.json.encode(with_valid_text(body))
