"""Errors as servers send them, and what is made of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.endpoint_errors import (
    EndpointError,
    embedded_error,
    error_message,
    from_status,
    retry_after_s,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "no such model", "type": "x"}}, "no such model"),
        ({"error": "Unauthorized"}, "Unauthorized"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required"),
        ({"object": "error", "message": "too long"}, "too long"),
        ({"error": "Input validation error", "error_type": "validation"}, "Input validation error"),
        ({"type": "error", "error": {"type": "overloaded_error"}}, "overloaded_error"),
        ([{"error": {"message": "in a list"}}], "in a list"),
        ("upstream timed out", "upstream timed out"),
        ("<html><h1>502 Bad Gateway</h1></html>", ""),
        ("", ""),
        (None, ""),
        ({"error": {"message": "two\nlines \x1b[31m"}}, "two lines ␛[31m"),
    ],
    ids=repr,
)
def test_the_message_is_found_in_every_shape(body: Any, message: str) -> None:
    assert error_message(body) == message


@given(JSON)
def test_no_body_breaks_the_reading(body: Any) -> None:
    assert "\n" not in error_message(body)
    embedded_error(body)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, "bad_request", False),
        (401, "auth", False),
        (402, "auth", False),
        (403, "auth", False),
        (404, "bad_request", False),
        (408, "timeout", True),
        (409, "bad_request", True),
        (422, "bad_request", False),
        (425, "bad_request", True),
        (429, "rate_limit", True),
        (500, "server_error", True),
        (501, "server_error", False),
        (503, "server_error", True),
        (529, "server_error", True),
    ],
)
def test_a_status_has_its_kind(status: int, kind: str, retryable: bool) -> None:
    error = from_status(status, {}, {})
    assert (error.kind, error.retryable, error.status) == (kind, retryable, status)


def test_a_prompt_that_is_too_long_has_its_remedy() -> None:
    body = {"error": {"message": "This model's maximum context length is 4096 tokens."}}
    assert "Shorten the prompt" in from_status(400, body, {}).remedy


def test_an_error_inside_a_200_takes_the_status_that_it_names() -> None:
    error = embedded_error({"error": {"code": 429, "message": "busy"}})
    assert error is not None
    assert error.kind == "rate_limit"


def test_a_null_error_beside_an_answer_is_none() -> None:
    assert embedded_error({"error": None, "choices": []}) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Tue, 24 Nov 2026 10:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-1", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
    assert retry_after_s(value, now) == seconds


@given(st.text())
def test_no_retry_after_breaks_the_reading(value: str) -> None:
    found = retry_after_s(value)
    assert found is None or found >= 0


def test_a_journal_keeps_kind_message_and_remedy() -> None:
    error = EndpointError("timeout", "no answer", where="endpoint a", remedy="wait")
    kept = error.failure()
    assert (kept.kind, kept.message, kept.remedy) == ("timeout", "no answer", "wait")
