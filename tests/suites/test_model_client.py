"""Asking an endpoint that refuses some of what it is sent."""

import asyncio
from collections.abc import Sequence

import pytest

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.retry import ONCE
from stack_tui.runs.events import Answer, Event, Fault
from stack_tui.suites.model_client import ModelAnswer, ModelClient, Question
from tests.endpoints.asking import BODY, client
from tests.fakes import Asked as Request
from tests.fakes import FakeServer, Respond

SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}}


def question(**more: object) -> Question:
    return Question("tiny", "c0", 0, "model", BODY | more)


def ask(server: FakeServer, questions: Sequence[Question]) -> tuple[list[ModelAnswer], list[Event]]:
    async def all_of_them() -> tuple[list[ModelAnswer], list[Event]]:
        events: list[Event] = []

        async def emit(event: Event) -> None:
            events.append(event)

        async with client(server, policy=ONCE) as asked:
            asker = ModelClient(asked, {}, emit)
            return [await asker.ask(one) for one in questions], events

    return asyncio.run(all_of_them())


def without(*fields: str, words: str = "'{}' is not supported with this model") -> object:
    def reply(asked: Request) -> str | Respond:
        for field in fields:
            if field in asked.body:
                return Respond(400, {"error": {"message": words.format(field)}})
        return "4"

    return reply


def test_a_schema_that_is_refused_is_not_tried_again() -> None:
    with FakeServer(replies=lambda _: "4", json_schema=False) as server:
        _, events = ask(server, [question(**SCHEMA)] * 3)
    tried = ["response_format" in asked.body for asked in server.asked]
    assert tried == [True, False, False, False]
    (fault,) = [event for event in events if isinstance(event, Fault)]
    assert fault.message == "refuses response_format, and is asked without it from now on"


def test_a_schema_is_left_out_after_any_refusal_of_the_request() -> None:
    with FakeServer(replies=without("response_format", words="Oops")) as server:  # type: ignore[arg-type]
        ask(server, [question(**SCHEMA)] * 2)
    assert len(server.asked) == 3


def test_a_model_that_wants_its_limits_named_otherwise_gets_them_so() -> None:
    with FakeServer(replies=without("max_tokens", "temperature")) as server:  # type: ignore[arg-type]
        _, events = ask(server, [question(temperature=0)] * 2)
    assert [sorted(asked.body) for asked in server.asked[2:]] == [
        ["max_completion_tokens", "messages", "model"]
    ] * 2
    assert len([event for event in events if isinstance(event, Fault)]) == 2


def test_the_answer_is_recorded_with_what_was_sent_under_what_was_to_be_sent() -> None:
    with FakeServer(replies=lambda _: "4", json_schema=False) as refusing:
        _, first = ask(refusing, [question(**SCHEMA)])
        refusing.json_schema = True
        _, second = ask(refusing, [question(**SCHEMA)])
    (plain,) = [event for event in first if isinstance(event, Answer)]
    (constrained,) = [event for event in second if isinstance(event, Answer)]
    assert "response_format" not in plain.request
    assert "response_format" in constrained.request
    assert plain.key == constrained.key


def test_a_refusal_that_nothing_explains_is_raised() -> None:
    with (
        FakeServer(replies=lambda _: Respond(400, {"error": "too long"})) as server,
        pytest.raises(EndpointError, match="too long"),
    ):
        ask(server, [question(**SCHEMA)])
    assert len(server.asked) == 2
