"""Asking servers that refuse some of what they are sent."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stack_tui.endpoints.completion_client import CompletionClient, Exchange
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.refused_fields import SYSTEM_ROLE
from tests.endpoints.answer_table import Row, rows
from tests.endpoints.asking import client
from tests.fakes import Asked, FakeServer, Respond, empty_choices, server_error
from tests.fakes.replies import Reply

FORMAT = {"type": "json_schema", "json_schema": {"schema": {"type": "integer"}}}
FULL: Mapping[str, Any] = {
    "model": "fake-model",
    "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"}],
    "max_tokens": 8,
    "temperature": 0,
    "top_p": 0.9,
    "seed": 1,
    "stop": ["\n"],
    "response_format": FORMAT,
}


def ask(server: FakeServer, *bodies: Mapping[str, Any]) -> list[Exchange]:
    async def all_of_them() -> list[Exchange]:
        async with client(server) as asked:
            completions = CompletionClient(asked)
            return [await completions.ask("chat/completions", body) for body in bodies]

    return asyncio.run(all_of_them())


def refusing(field: str, status: int, body: Any) -> Callable[[Asked], Reply]:
    """Return replies that refuse any request with the field so."""

    def reply(asked: Asked) -> Reply:
        roles = [message["role"] for message in asked.body["messages"]]
        there = "system" in roles if field == SYSTEM_ROLE else field in asked.body
        return Respond(status, body) if there else "4"

    return reply


@pytest.mark.parametrize("row", rows("refusal"), ids=lambda row: row.text[:70])
def test_each_listed_refusal_is_met_as_the_docs_say(row: Row) -> None:
    status, answer = int(row.text[:3]), json.loads(row.codes[0])
    with FakeServer(replies=refusing(row.taken, status, answer)) as server:
        first, second = ask(server, FULL, FULL)
    left_out = () if row.taken == "max_tokens" else (row.taken,)
    assert (first.news, second.news) == ((row.taken,), ())
    assert first.dropped == second.dropped == left_out
    assert second.completion.output == "4"
    assert server.asked[-1].body == second.sent
    assert ("max_completion_tokens" in second.sent) == (row.taken == "max_tokens")


def test_a_system_message_leads_the_users_turn_where_the_role_is_refused() -> None:
    refusal = {"error": {"message": "System role not supported"}}
    with FakeServer(replies=refusing(SYSTEM_ROLE, 400, refusal)) as server:
        ask(server, FULL)
    assert server.asked[-1].body["messages"] == [{"role": "user", "content": "Be short.\n\nHi"}]


def test_fields_that_are_refused_one_after_the_other_are_all_left_out() -> None:
    def picky(asked: Asked) -> Reply:
        unknown = sorted(set(asked.body) - {"model", "messages"})
        return (
            Respond(400, {"error": f"unknown field(s): {', '.join(unknown)}"}) if unknown else "4"
        )

    with FakeServer(replies=picky) as server:
        (found,) = ask(server, FULL)
    assert found.completion.output == "4"
    assert {"max_tokens", "temperature", "seed", "stop"} <= set(found.dropped)


def test_a_field_whose_absence_changes_nothing_is_not_taken_for_refused() -> None:
    def picky(asked: Asked) -> Reply:
        if "temperature" in asked.body:
            return Respond(400, {"error": "one of seed, temperature and top_p is not known"})
        return "4"

    with FakeServer(replies=picky) as server:
        (found,) = ask(server, FULL)
    assert found.dropped == ("temperature",)


def test_a_limit_that_is_too_large_is_no_reason_to_name_it_otherwise() -> None:
    message = "max_tokens is too large: 8. This model supports at most 4 completion tokens."
    refusal = {"error": {"message": message, "param": "max_tokens"}}
    plain = {"model": "fake-model", "messages": [], "max_tokens": 8}
    with (
        FakeServer(replies=lambda _: Respond(400, refusal)) as server,
        pytest.raises(EndpointError, match="too large") as caught,
    ):
        ask(server, plain)
    assert len(server.asked) == 1
    assert "max_tokens" in caught.value.remedy


def test_a_field_that_nobody_may_leave_out_is_named_by_the_error() -> None:
    refusal = {"detail": [{"loc": ["body", "min_p"], "msg": "Extra inputs are not permitted"}]}
    with (
        FakeServer(replies=lambda _: Respond(422, refusal)) as server,
        pytest.raises(EndpointError, match="min_p: Extra inputs are not permitted"),
    ):
        ask(server, {"model": "fake-model", "messages": [], "min_p": 0.1})


def test_a_500_that_is_gone_in_the_next_attempt_leaves_the_schema_in_force() -> None:
    with FakeServer(replies=[server_error(), "4", "4", "5"]) as server:
        first, second = ask(server, FULL, FULL)
    assert (first.dropped, second.dropped) == ((), ())
    assert "response_format" in server.asked[-1].body


def test_a_500_that_no_field_explains_is_retried_like_any_failure() -> None:
    failures = [server_error()] * 5
    with FakeServer(replies=[*failures, "4"]) as server:
        (found,) = ask(server, FULL)
    assert (found.dropped, found.completion.output) == ((), "4")


@pytest.mark.parametrize(
    "broken",
    [
        empty_choices(),
        Respond(body={"choices": [{"error": {"code": 502, "message": "bad gateway"}}]}),
        Respond(body={"choices": [{"error": {"message": "provider failed"}, "message": {}}]}),
        Respond(body={"choices": [{"finish_reason": "abort", "message": {"content": "half an"}}]}),
        Respond(body={"choices": [{"finish_reason": "insufficient_system_resource", "text": ""}]}),
        Respond(body={"choices": [{"finish_reason": "stop", "message": None}]}),
    ],
    ids=lambda reply: json.dumps(reply.body)[:60],
)
def test_an_answer_that_the_server_gave_up_is_retried(broken: Respond) -> None:
    with FakeServer(replies=[broken, "4"]) as server:
        (found,) = ask(server, FULL)
    assert (found.completion.output, found.reply.attempts) == ("4", 2)
