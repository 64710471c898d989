"""Servers that behave as real ones were seen to, and that lie, stall and break on demand."""

from tests.fakes.replies import (
    Asked,
    Cut,
    Reset,
    Respond,
    Stall,
    completion,
    empty_choices,
    error_in_200,
    failing,
    garbage,
    null_content,
    rate_limited,
    server_error,
)
from tests.fakes.server import FakeServer

__all__ = [
    "Asked",
    "Cut",
    "FakeServer",
    "Reset",
    "Respond",
    "Stall",
    "completion",
    "empty_choices",
    "error_in_200",
    "failing",
    "garbage",
    "null_content",
    "rate_limited",
    "server_error",
]
