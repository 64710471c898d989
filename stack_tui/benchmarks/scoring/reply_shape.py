"""The one reader of scored replies: their JSON in the shape a route needs, or a bad answer."""

import math
from typing import Any, TypeVar

import msgspec

from stack_tui.endpoints.endpoint_errors import EndpointError

T = TypeVar("T")

# Servers round, so that a probability may come out a little over 1.
_ROUNDING = 1e-6


def read_as(data: Any, shape: type[T]) -> T:
    """Return a reply's JSON as `shape`; raises EndpointError of kind bad_answer if it differs."""
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise EndpointError(
            "bad_answer",
            f"the answer has an unexpected shape: {error}",
            remedy="See what the server supports with: stack-tui doctor",
        ) from None


def check_logprobs(*logprobs: float) -> None:
    """Raise EndpointError of kind bad_answer unless all are log-probabilities, in nats."""
    if not all(math.isfinite(lp) and lp <= _ROUNDING for lp in logprobs):
        raise EndpointError("bad_answer", "the answer has a log-probability that is not valid")
