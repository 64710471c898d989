"""Errors that a user reads: what happened, where, and what to do."""

from typing import Literal

import msgspec

# `internal` is a defect of this program, met while one sample was handled.
FailureKind = Literal[
    "timeout",
    "connection",
    "rate_limit",
    "server_error",
    "bad_request",
    "auth",
    "bad_answer",
    "internal",
]


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request has no answer, for the user and for the journal."""

    kind: FailureKind
    message: str
    remedy: str = ""
    status: int | None = None
    """The HTTP status, if the server refused the request by one."""


def will_repeat(failure: Failure) -> bool:
    """Return whether the same request would fail again, whenever it is sent.

    What a server does not find may be served later; what it refuses for its content never is.
    """
    return failure.kind == "bad_request" and failure.status != 404


class StackError(Exception):
    """Base of every expected error; `exit_code` is the command's (2: usage, config or cases)."""

    exit_code = 2
    resumable = True
    """Whether a run that ended with this error can be resumed once its cause is gone."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        message = f"{self.where}: {self.what}" if self.where else self.what
        return f"{message}\n  {self.remedy}" if self.remedy else message
