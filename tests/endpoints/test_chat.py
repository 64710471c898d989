"""Completions in the shapes that servers send them."""

import asyncio
from typing import Any

import pytest

from stack_tui.endpoints.chat import read_completion
from stack_tui.endpoints.completion_client import ask_chat
from stack_tui.endpoints.endpoint_errors import EndpointError, from_status
from stack_tui.endpoints.refused_fields import is_schema_refusal
from tests.endpoints.asking import BODY, client
from tests.fakes import Asked, FakeServer, Respond, completion, null_content
from tests.fakes.replies import Reply


def test_a_chat_answer_is_read() -> None:
    found = read_completion(completion("Paris").body)
    assert (found.output, found.reasoning, found.finish_reason) == ("Paris", "", "stop")
    assert (found.prompt_tokens, found.completion_tokens) == (10, 5)


def test_a_text_answer_is_read_as_it_is() -> None:
    found = read_completion({"choices": [{"text": "<think>x</think> A", "finish_reason": None}]})
    assert (found.output, found.reasoning, found.finish_reason) == ("<think>x</think> A", "", "")


def test_null_content_is_an_empty_output_that_was_cut_while_thinking() -> None:
    found = read_completion(null_content().body)
    assert (found.output, found.finish_reason) == ("", "length")
    assert found.reasoning == "Let me think about"


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content", "thinking"])
def test_reasoning_is_kept_apart_wherever_it_stands(key: str) -> None:
    found = read_completion(completion("4", reasoning="2 + 2", reasoning_key=key).body)
    assert (found.output, found.reasoning) == ("4", "2 + 2")


def test_thinking_inside_the_content_is_kept_apart_and_the_content_kept() -> None:
    found = read_completion(completion("<think>2?</think>\n4").body)
    assert (found.output, found.reasoning, found.content) == ("4", "2?", "<think>2?</think>\n4")


def test_content_in_parts_is_joined() -> None:
    parts: Any = [{"type": "text", "text": "Pa"}, {"type": "text", "text": "ris"}]
    assert read_completion(completion(parts).body).output == "Paris"


def test_a_refusal_is_the_output() -> None:
    choice = {"message": {"content": None, "refusal": "I cannot"}, "finish_reason": "stop"}
    assert read_completion({"choices": [choice]}).output == "I cannot"


@pytest.mark.parametrize(
    "data", [None, [], {}, {"choices": None}, {"choices": []}, {"choices": [{}]}, "text"], ids=repr
)
def test_what_is_no_completion_is_a_bad_answer(data: Any) -> None:
    with pytest.raises(EndpointError) as caught:
        read_completion(data)
    assert caught.value.kind == "bad_answer"


@pytest.mark.parametrize(
    ("content", "output"), [(42, "42"), ({"answer": "yes"}, '{"answer": "yes"}'), (True, "")]
)
def test_a_content_that_is_no_text_is_written_as_json(content: Any, output: str) -> None:
    assert read_completion(completion(content).body).output == output


@pytest.mark.parametrize(
    "thought",
    [
        {"type": "thinking", "thinking": [{"type": "text", "text": "2 + 2"}]},
        {"type": "thinking", "text": "2 + 2"},
        {"type": "reasoning", "reasoning": "2 + 2"},
    ],
    ids=repr,
)
def test_parts_that_are_thoughts_are_kept_apart(thought: Any) -> None:
    found = read_completion(completion([thought, {"type": "text", "text": "4"}]).body)  # type: ignore[arg-type]
    assert (found.output, found.reasoning) == ("4", "2 + 2")


def test_the_choice_of_index_0_is_the_answer_wherever_it_stands() -> None:
    choices = [{"index": n, "text": str(n), "finish_reason": "stop"} for n in (1, 0)]
    assert read_completion({"choices": choices}).output == "0"


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (completion("4"), "ok"),
        (completion("  "), "empty"),
        (completion(None, reasoning="2 + 2"), "reasoning_only"),
        (completion("4 and", "MAX_TOKENS"), "truncated"),
        (completion("<think>2 + 2", "stop"), "truncated"),
        (completion("The recipe is", "content_filter"), "filtered"),
        (completion(None, "SAFETY"), "filtered"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_answer_is_called_what_it_is(reply: Respond, status: str) -> None:
    assert read_completion(reply.body).status == status


def test_an_answer_of_tool_calls_alone_is_no_empty_one() -> None:
    call = {"type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    choice = {"finish_reason": "tool_calls", "message": {"content": None, "tool_calls": [call]}}
    found = read_completion({"choices": [choice]})
    assert (found.status, found.tool_calls) == ("tool_calls", ('weather({"city": "Rome"})',))


def test_a_filtered_choice_may_lack_its_message() -> None:
    found = read_completion({"choices": [{"finish_reason": "content_filter", "message": None}]})
    assert (found.status, found.output) == ("filtered", "")


@pytest.mark.parametrize(
    "message",
    [
        "This response_format type is unavailable now",
        "Grammar error: Invalid type: integerx",
        "Unable to generate parser: JSON schema error at #: unrecognized type",
        "'response_format.type' must be 'text'",
    ],
)
def test_a_refused_schema_is_known_by_its_message(message: str) -> None:
    assert is_schema_refusal(from_status(400, {"error": {"message": message}}, {}))


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "maximum context length is 4096 tokens"), (503, "schema"), (401, "Unauthorized")],
)
def test_another_refusal_is_not_taken_for_it(status: int, message: str) -> None:
    assert not is_schema_refusal(from_status(status, {"error": {"message": message}}, {}))


def test_a_model_with_words_of_its_own_is_asked_in_them() -> None:
    def picky(asked: Asked) -> Reply:
        if "max_tokens" in asked.body:
            return _refused("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.")
        if "temperature" in asked.body:
            return _refused("Unsupported value: 'temperature' does not support 0.")
        return "fine"

    async def ask(server: FakeServer) -> str:
        async with client(server) as asked:
            return (await ask_chat(asked, {**BODY, "temperature": 0})).completion.output

    with FakeServer(replies=picky) as server:
        assert asyncio.run(ask(server)) == "fine"
        assert server.asked[-1].body["max_completion_tokens"] == BODY["max_tokens"]


def _refused(message: str) -> Respond:
    return Respond(400, {"error": {"message": message}})
