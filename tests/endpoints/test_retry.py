"""The retry policy: what is asked again, when, and until when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.retry import BEFORE_A_RUN, ONCE, RetryPolicy


def gone(**more: float | None) -> EndpointError:
    return EndpointError("connection", "refused", retryable=True, **more)  # type: ignore[arg-type]


def wait(error: EndpointError, failures: int = 1, same: int = 1, spent_s: float = 0.0) -> float:
    found = RetryPolicy().wait_s(error, failures, same, spent_s)
    assert found is not None
    return found


@given(st.integers(1, 1000))
def test_waits_grow_to_half_a_minute_and_no_further(failures: int) -> None:
    ceiling = min(30.0, 0.5 * 2 ** (failures - 1))
    assert ceiling / 2 <= wait(gone(), failures) <= ceiling


def test_a_server_gets_as_long_as_it_asks_for() -> None:
    assert wait(gone(retry_after_s=42.0)) >= 42.0


def test_a_retry_after_of_zero_is_no_reason_to_hammer() -> None:
    assert wait(gone(retry_after_s=0.0), failures=5) >= 4.0


def test_a_request_is_asked_again_for_ten_minutes() -> None:
    assert wait(gone(), failures=20, same=20, spent_s=560.0)
    assert RetryPolicy().wait_s(gone(), 21, 21, 599.9) is None


def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    assert RetryPolicy(budget_s=60.0).wait_s(gone(retry_after_s=3600.0), 1, 1, 0.0) is None


@pytest.mark.parametrize(
    ("kind", "status", "tries"), [("bad_answer", 200, 3), ("server_error", 500, 8)]
)
def test_an_answering_server_is_asked_a_few_times_only(kind: str, status: int, tries: int) -> None:
    error = EndpointError(kind, "no", status=status, retryable=True)  # type: ignore[arg-type]
    assert wait(error, tries, tries)
    assert RetryPolicy().wait_s(error, tries + 1, tries + 1, 0.0) is None


def test_a_server_that_is_away_is_asked_as_long_as_the_budget_lasts() -> None:
    assert wait(EndpointError("server_error", "no", status=503, retryable=True), 15, 15, 300.0)


def test_a_probe_asks_once() -> None:
    assert ONCE.wait_s(gone(), 1, 1, 0.0) is None


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (EndpointError("rate_limit", "busy", status=429, retryable=True), True),
        (EndpointError("server_error", "busy", status=529, retryable=True), True),
        (EndpointError("server_error", "busy", status=503, retryable=True, retry_after_s=1), True),
        (EndpointError("server_error", "loading", status=503, retryable=True), False),
        (EndpointError("timeout", "no answer", retryable=True), False),
        (gone(), False),
    ],
    ids=lambda each: f"{each.kind} {each.status}" if isinstance(each, EndpointError) else "",
)
def test_before_a_run_a_busy_server_is_waited_for_and_a_missing_one_is_not(
    error: EndpointError, waits: bool
) -> None:
    assert (BEFORE_A_RUN.wait_s(error, 1, 1, 0.0) is not None) == waits
