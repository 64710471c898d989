"""The taxonomy of endpoint errors, and how they are read from answers.

TransportError        no complete HTTP answer (transport.py)
  → EndpointError     a StackError with a kind: timeout, connection, rate_limit, server_error,
                      bad_request, auth, bad_answer; what the client raises
    → Failure         the same as a journal stores it
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from stack_tui.errors import Failure, FailureKind, StackError, will_repeat
from stack_tui.text import one_line

RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})
_NEVER_RETRIED = frozenset({501, 505})
_TOO_LONG = re.compile(
    r"context.(length|size|window)|exceed_context|max_model_len|(prompt|input) is too long"
    r"|maximum number of tokens|max_(completion_)?tokens.{0,40} too large|input token count",
    re.IGNORECASE,
)
# No server nests its message deeper than {"detail": [{"error": {"message": …}}]}.
_DEEPEST = 6
_MOST_FIELDS = 16
_OUT_OF_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "credit balance")


class EndpointError(StackError):
    """A request failed: its kind, the HTTP status if there is one, and whether to retry."""

    exit_code = 3

    def __init__(
        self,
        kind: FailureKind,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        retryable: bool = False,
        headers: Mapping[str, str] | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.kind: FailureKind = kind
        self.status = status
        self.retry_after_s = retry_after_s
        self.retryable = retryable
        self.headers = headers or {}
        self.fields = fields
        self.resumable = not will_repeat(self.failure())

    def failure(self) -> Failure:
        """Return the error as a journal stores it."""
        return Failure(kind=self.kind, message=self.what, remedy=self.remedy, status=self.status)

    def at(self, where: str, remedy: str = "") -> "EndpointError":
        """Return this error with the place where it happened, and with `remedy` if it has none."""
        return EndpointError(
            self.kind,
            self.what,
            where=where,
            remedy=self.remedy or remedy,
            status=self.status,
            retry_after_s=self.retry_after_s,
            retryable=self.retryable,
            headers=self.headers,
            fields=self.fields,
        )


def error_message(data: Any) -> str:
    """Return the message in an error body of any server, on one line; "" if there is none."""
    return one_line(_message(data), 500)


def named_fields(data: Any) -> tuple[str, ...]:
    """Return the request's fields that an error body names by `param` or `loc`, as paths."""
    return tuple(dict.fromkeys(_named(data, 0)))[:_MOST_FIELDS]


def _named(data: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data[:_MOST_FIELDS]:
            yield from _named(item, depth + 1)
    if not isinstance(data, Mapping):
        return
    if isinstance(param := data.get("param"), str) and param:
        yield one_line(param, 80)
    if path := _location(data):
        yield path
    for key in ("error", "detail", "message", "errors"):
        yield from _named(data.get(key), depth + 1)


def _location(data: Mapping[str, Any]) -> str:
    """Return the path of a FastAPI error, such as "seed" or "messages.0.role"."""
    loc = data.get("loc")
    steps = [str(step) for step in loc] if isinstance(loc, list) else []
    return one_line(".".join(steps[1:] if steps[:1] == ["body"] else steps), 80)


def _message(data: Any, depth: int = 0) -> str:
    if isinstance(data, str):
        return "" if data.lstrip()[:1] == "<" else data
    if depth > _DEEPEST:
        return ""
    if isinstance(data, list):
        return "; ".join(filter(None, (_message(each, depth + 1) for each in data[:5])))
    if not isinstance(data, Mapping):
        return ""
    for key in ("error", "detail", "message", "msg"):
        if found := _message(data.get(key), depth + 1):
            field = _location(data)
            return f"{field}: {found}" if field and field not in found else found
    return str(data.get("code") or data.get("error_type") or data.get("type") or "")


def embedded_error(data: Any) -> EndpointError | None:
    """Return the error in a body that was sent with status 200, None if there is none."""
    if not isinstance(data, Mapping):
        return None
    error = data.get("error")
    if not error and data.get("object") != "error" and data.get("type") != "error":
        return None
    if status := error_code(error):
        return from_status(status, data, {})
    return EndpointError(
        "bad_answer", f"an error inside a 200: {error_message(data)}", status=200, retryable=True
    )


def error_code(error: Any) -> int | None:
    """Return the HTTP status that an error object states as its code, None if it states none."""
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, str) and code.isdecimal() and len(code) == 3:
        code = int(code)
    return code if isinstance(code, int) and 400 <= code < 600 else None


def from_status(status: int, body: Any, headers: Mapping[str, str]) -> EndpointError:
    """Return the error for an HTTP status other than success; `headers` have lower-case names."""
    message, fields = error_message(body), named_fields(body)
    if fields and message and not any(field in message for field in fields):
        message = f"{fields[0]}: {message}"
    kind, what, remedy = _explained(status, headers)
    if kind == "bad_request" and _TOO_LONG.search(message):
        remedy = "Shorten the prompt or max_tokens, or serve the model with a longer context."
    return EndpointError(
        kind,
        f"{what}: {message}" if message else what,
        remedy=remedy,
        status=status,
        retry_after_s=retry_after_s(headers.get("retry-after", "")),
        retryable=_is_retryable(status, str(body)),
        headers=headers,
        fields=fields,
    )


def _explained(status: int, headers: Mapping[str, str]) -> tuple[FailureKind, str, str]:
    if 300 <= status < 400:
        target = one_line(headers.get("location", "nowhere"), 200)
        what = f"{status}, a redirect to {target}, which is not followed"
        return "bad_request", what, "If that is the server, give its URL in the endpoint."
    if status in (401, 403):
        return "auth", f"{status}, the key was refused", ""
    if status == 402:
        return "auth", "402, the account cannot pay for this", "See the provider's billing page."
    if status == 408:
        return "timeout", "408, the server gave up waiting", ""
    if status == 429:
        return "rate_limit", "429, too many requests", "A lower concurrency asks less often."
    if status == 404:
        return "bad_request", "404, not found", ""
    if status >= 500:
        return "server_error", f"{status}, the server failed", "See its log."
    return "bad_request", f"{status}, the server refuses the request", ""


def _is_retryable(status: int, body: str) -> bool:
    if status == 429:
        return not any(sign in body for sign in _OUT_OF_CREDIT)
    return status in RETRYABLE_STATUSES or (status >= 500 and status not in _NEVER_RETRIED)


def retry_after_s(value: str, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header (seconds or HTTP-date) asks to wait."""
    from email.utils import parsedate_to_datetime

    try:
        if value.strip().replace(".", "", 1).isdecimal():
            return float(value)
        until = parsedate_to_datetime(value)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, OverflowError):
        return None
