"""Outputs as lm-eval scores them: stops, thinking, and servers that refuse some of a request."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.benchmarks.score_records import RecordedText
from stack_tui.benchmarks.scoring import generate
from stack_tui.benchmarks.scoring.finished_text import cut, finish
from stack_tui.benchmarks.scoring.generate import TextModel, sampling
from stack_tui.runs.events import Event, Finding
from tests.endpoints.asking import client
from tests.fakes import Asked, FakeServer, Respond, completion
from tests.fakes.replies import Reply

FIVE = ["a1", "b2", "c3", "d4", "e5"]
MESSAGES = msgspec.json.encode([{"role": "user", "content": "Hi"}]).decode()
PIECES = st.sampled_from(["a", "b", "\n", "\n\n", "Q:", "<think>", "</think>", " x", "#"])


def ask(
    server: FakeServer, until: Any, *, times: int = 1, chat: bool = True, **options: Any
) -> tuple[list[RecordedText], list[Finding]]:
    """Return what the server answered to the same request, one after the other."""

    async def run() -> tuple[list[RecordedText], list[Finding]]:
        findings: list[Finding] = []

        async def emit(event: Event) -> None:
            if isinstance(event, Finding):
                findings.append(event)

        prompt = MESSAGES if chat else "Hi"
        fields = sampling({"until": until, "max_gen_toks": 16}, 1)
        async with client(server) as opened:
            model = TextModel(opened, **options)
            texts = [
                (await generate.ask(model, prompt, fields, chat=chat, task="t", emit=emit))[0]
                for _ in range(times)
            ]
        return texts, findings

    return asyncio.run(run())


def scored(server: FakeServer, until: Any, **options: Any) -> str:
    """Return the output that is scored."""
    texts, _ = ask(server, until, **options)
    return finish(texts[-1], options.get("think_end_token")).output


def stopping(text: str, **more: Any) -> Callable[[Asked], Reply]:
    """Return a server's answer to every request: `text` up to its first stop."""

    def reply(asked: Asked) -> Reply:
        stops = asked.body.get("stop", [])
        ends = [text.index(stop) for stop in stops if stop in text]
        return completion(text[: min(ends, default=len(text))], **more)

    return reply


@pytest.mark.parametrize("chat", [True, False])
def test_of_more_than_four_stops_four_are_sent_and_the_others_applied_here(chat: bool) -> None:
    with FakeServer(replies=lambda _: "one e5 two d4") as server:
        assert scored(server, FIVE, chat=chat) == "one "
        assert server.asked[0].body["stop"] == FIVE[:4]


def test_empty_stops_are_not_sent() -> None:
    with FakeServer(replies=lambda _: "one\ntwo") as server:
        ask(server, ["", "\n"])
        ask(server, [""])
        ask(server, None)
    assert [asked.body.get("stop") for asked in server.asked] == [["\n"], None, None]


def test_an_output_that_is_cut_here_is_complete_though_the_server_went_on_to_the_limit() -> None:
    with FakeServer(replies=lambda _: completion("one e5 two", "length")) as server:
        ((text,), _) = ask(server, FIVE)
    assert (finish(text, None).status, text.finish_reason) == ("ok", "length")


def test_stops_that_a_server_refuses_are_applied_here() -> None:
    refusal = Respond(400, {"error": {"message": "Unsupported parameter.", "param": "stop"}})
    with FakeServer(replies=lambda a: refusal if "stop" in a.body else "one\ntwo") as server:
        ((text,), _) = ask(server, "\n")
    assert (finish(text, None).output, text.dropped) == ("one", ["stop"])


def test_a_model_with_its_own_names_for_limits_is_asked_in_them() -> None:
    def o_series(asked: Asked) -> Reply:
        for field in ("max_tokens", "temperature", "stop"):
            if field in asked.body:
                return Respond(400, {"error": {"message": f"'{field}' is not supported"}})
        return "4"

    with FakeServer(replies=o_series) as server:
        ((text,), _) = ask(server, "\n")
    assert (text.text, text.dropped) == ("4", ["stop", "temperature"])
    assert server.asked[-1].body["max_completion_tokens"] == 16


def test_the_first_request_behind_a_template_goes_without_stops() -> None:
    with FakeServer(replies=stopping("one\ntwo")) as server:
        assert scored(server, "\n", times=3, templated=True) == "one"
    assert [asked.body.get("stop") for asked in server.asked] == [None, ["\n"], ["\n"]]


def test_a_model_that_thinks_unmarked_until_it_answers_is_never_sent_a_stop() -> None:
    with FakeServer(replies=stopping("2\n+ 2\n</think>\n\n4\nNext")) as server:
        texts, findings = ask(server, "\n", times=3, templated=True)
    assert [finish(text, None).output for text in texts] == ["4"] * 3
    assert [asked.body.get("stop") for asked in server.asked] == [None] * 3
    assert [finding.check for finding in findings] == ["thinking"]


def test_a_first_text_that_is_cut_off_leaves_open_whether_the_model_thinks() -> None:
    replies = [completion("2\n+", "length"), completion("2\n</think>4"), completion("2\n</think>4")]
    with FakeServer(replies=replies) as server:
        ask(server, "\n", times=3, templated=True)
    assert [asked.body.get("stop") for asked in server.asked] == [None] * 3


@pytest.mark.parametrize(
    "replies",
    [
        stopping("<think>\n2 + 2\n</think>4"),
        lambda asked: completion(None if "stop" in asked.body else "4", reasoning="2 + 2"),
    ],
    ids=["in the text", "apart"],
)
def test_a_text_that_was_stopped_inside_its_thinking_is_asked_for_without_stops(
    replies: Callable[[Asked], Reply],
) -> None:
    with FakeServer(replies=replies) as server:
        assert scored(server, "\n") == "4"
    assert [asked.body.get("stop") for asked in server.asked] == [["\n"], None]


def test_with_a_think_end_token_no_stop_is_sent_and_the_text_is_lm_evals() -> None:
    with FakeServer(replies=stopping("2\n+ 2<end>\n 4\nQ")) as server:
        assert scored(server, "\n", think_end_token="<end>") == "4"
    assert "stop" not in server.asked[0].body


def test_with_an_empty_think_end_token_the_thinking_is_scored() -> None:
    with FakeServer(replies=stopping("<think>2</think>4\nQ")) as server:
        assert scored(server, "\n", think_end_token="", templated=True) == "<think>2</think>4"


def test_a_text_cut_off_before_the_token_is_scored_by_lm_eval_and_counts_as_thinking() -> None:
    found = finish(RecordedText(text=" 2 + 2", finish_reason="length"), "</think>")
    assert (found.output, found.status, found.unfinished) == ("2 + 2", "truncated", True)


def test_a_recorded_text_of_an_earlier_version_is_read_as_it_was() -> None:
    old = msgspec.convert({"text": "4", "finish_reason": "stop"}, RecordedText)
    assert finish(old, None).output == "4"


@given(st.lists(PIECES).map("".join), st.lists(PIECES), st.sampled_from([None, "</think>", "#"]))
def test_a_text_is_finished_as_by_lm_eval(text: str, stops: list[str], token: str | None) -> None:
    from lm_eval.models.utils import postprocess_generated_text

    expected = postprocess_generated_text(text, stops, token)
    if token is None:
        assert cut(text, stops) == expected
    else:
        assert finish(RecordedText(text=text, stops=stops), token).output == expected


@given(st.lists(PIECES.filter(lambda piece: "think" not in piece), min_size=2, max_size=6))
def test_thinking_between_marks_is_left_out_as_by_lm_eval_with_the_token(parts: list[str]) -> None:
    from lm_eval.models.utils import postprocess_generated_text

    text = f"<think>{parts[0]}</think>{''.join(parts[1:])}"
    expected = postprocess_generated_text(text, [], "</think>")
    assert finish(RecordedText(text=text), None).output == expected
