"""Timing an endpoint: a few streamed requests, within bounds."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from stack_tui.endpoints.latency import (
    REQUESTS,
    TOKENS,
    Latency,
    MeasuredRange,
    format_rate,
    format_seconds,
    time_requests,
)
from tests.endpoints.asking import endpoint
from tests.endpoints.streams import streamed
from tests.fakes import Asked, FakeServer, Reset, Respond, Stall
from tests.fakes.replies import Reply


def timed(
    replies: Callable[[Asked], Reply], within_s: float = 60.0
) -> tuple[Latency, list[Asked], list[Latency]]:
    told: list[Latency] = []
    with FakeServer("vllm", replies) as server:
        found = asyncio.run(time_requests(endpoint(server), told.append, within_s))
        return found, server.asked, told


def test_a_few_small_requests_are_timed_after_one_that_does_not_count() -> None:
    found, asked, told = timed(lambda _: streamed("one", ", two", tokens=2))
    assert (found.done, found.failure) == (REQUESTS, None)
    assert len(asked) == REQUESTS + 1
    assert all(each.body["max_tokens"] == TOKENS and each.body["stream"] for each in asked)
    assert [each.done for each in told] == [*range(1, REQUESTS + 1), REQUESTS]
    assert found.first_token_s is not None
    assert found.total_s is not None
    assert found.first_token_s.low <= found.first_token_s.median <= found.total_s.high


def test_no_two_requests_are_alike_to_a_cache() -> None:
    _, asked, _ = timed(lambda _: streamed("one"))
    assert len({each.text for each in asked}) == REQUESTS + 1


def test_a_server_that_refuses_what_is_asked_for_is_asked_in_its_words() -> None:
    def reply(asked: Asked) -> Reply:
        if "max_tokens" in asked.body:
            return Respond(400, {"error": {"message": "max_tokens is not supported"}})
        return streamed("one")

    found, asked, _ = timed(reply)
    assert found.done == REQUESTS
    assert asked[-1].body["max_completion_tokens"] == TOKENS


def test_a_base_model_is_timed_by_completions() -> None:
    def reply(asked: Asked) -> Reply:
        if asked.path.endswith("chat/completions"):
            return Respond(400, {"error": {"message": "no chat template"}})
        return Respond(body='data: {"choices": [{"text": "one"}]}\n\n')

    found, asked, _ = timed(reply)
    assert found.done == REQUESTS
    assert asked[-1].path == "/v1/completions"


def test_a_kept_connection_that_was_closed_is_no_failure() -> None:
    replies: Iterator[Reply] = iter([streamed("one"), Reset(), *[streamed("one")] * REQUESTS])
    found, _, _ = timed(lambda _: next(replies))
    assert (found.done, found.failure) == (REQUESTS, None)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Respond(200, {"choices": [{"message": {"content": "whole"}}]}), "did not stream any text"),
        (Respond(body='data: {"error": {"message": "out of memory"}}\n\n'), "out of memory"),
        (Respond(401, {"error": "Unauthorized"}), "the key was refused"),
    ],
)
def test_an_answer_that_cannot_be_timed_is_told(reply: Respond, said: str) -> None:
    found, _, _ = timed(lambda _: reply)
    assert found.failure is not None
    assert said in found.failure.message


def test_what_was_measured_before_it_hung_is_kept() -> None:
    replies: Iterator[Reply] = iter([streamed("one"), streamed("one"), Stall()])
    found, _, _ = timed(lambda _: next(replies), within_s=2.0)
    assert found.done == 1
    assert found.failure is not None
    assert found.failure.kind == "timeout"


def test_spreads_are_told_with_their_unit_once() -> None:
    assert format_seconds(MeasuredRange(0.115, 0.095, 0.236)) == "115 ms (95–236)"
    assert format_seconds(MeasuredRange(2.5, 1.25, 4.0)) == "2.50 s (1.25–4.00)"
    assert format_rate(MeasuredRange(53.2, 8.5, 60.0)) == "53 (8.5–60)"
    assert format_seconds(None) == format_rate(None) == "–"
