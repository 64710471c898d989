"""Replies of every wrong shape are bad answers, on each route that reads log-probabilities."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack_tui.benchmarks.scoring import echo, letters, logit_bias
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError

PAIRS = [EncodedPair([], [1, 2], [3]), EncodedPair([], [1, 2], [4])]


class Scripted(Client):
    """A client whose server always sends the same JSON."""

    def __init__(self, data: Any) -> None:
        super().__init__(Endpoint(name="fake", url="http://127.0.0.1:1/v1", model="m"))
        self.reply = Reply(data, 200, {}, 0.0, 1)

    async def post(self, *args: Any, **more: Any) -> Reply:
        return self.reply


def ask_letters(client: Client) -> Awaitable[Any]:
    return letters.ask(client, [1, 2], [3, 4], named=True, top_n=0, cache_prompt=False)


def ask_echo(client: Client) -> Awaitable[Any]:
    return echo.ask(client, PAIRS, prompt_logprobs=False, lists=True)


def ask_prompt_logprobs(client: Client) -> Awaitable[Any]:
    return echo.ask(client, PAIRS, prompt_logprobs=True, lists=True)


def ask_forced(client: Client) -> Awaitable[Any]:
    return logit_bias.ask(client, PAIRS[:1])


Ask = Callable[[Client], Awaitable[Any]]
_ECHOED = {
    "token_logprobs": [None, -1.0, -2.0, -1.0],
    "top_logprobs": [None, {"a": -1.0}, {"a": -2.0}, {"a": -1.0}],
}
_ENTRIES = [
    None,
    {"2": {"logprob": -1.0, "rank": 1}},
    {str(token): {"logprob": -1.0 - token, "rank": 1} for token in (3, 4)},
]
GOOD: dict[Ask, Any] = {
    ask_letters: {
        "choices": [{"logprobs": {"top_logprobs": [{"token_id:3": -1.0, "token_id:4": -2.0}]}}]
    },
    ask_echo: {"choices": [{"index": 0, "logprobs": _ECHOED}, {"index": 1, "logprobs": _ECHOED}]},
    ask_prompt_logprobs: {
        "choices": [{"index": n, "prompt_logprobs": _ENTRIES} for n in range(2)],
    },
    ask_forced: {
        "completion_probabilities": [{"id": 3, "logprob": -1.0, "top_logprobs": [{"logprob": -2}]}]
    },
}
WRONG = [None, "x", 3, True, [], {}, ["x", "y"], {"a": None}, -(10**400), float("nan"), 1.0]


def outcome(ask: Ask, data: Any) -> str:
    async def run() -> str:
        try:
            await ask(Scripted(data))
        except EndpointError as error:
            return error.kind
        except letters.Absent:
            return "absent"
        return "scored"

    return asyncio.run(run())


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data)
    found = [path]
    if isinstance(data, dict | list):
        for key, value in inner:
            nested = isinstance(value, dict | list)
            found += places(value, (*path, key)) if nested else [(*path, key)]
    return found


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = msgspec.json.decode(msgspec.json.encode(data))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return copy


@pytest.mark.parametrize("ask", GOOD, ids=lambda ask: ask.__name__)
def test_an_answer_of_the_right_shape_is_scored(ask: Ask) -> None:
    assert outcome(ask, GOOD[ask]) == "scored"


@pytest.mark.parametrize("ask", GOOD, ids=lambda ask: ask.__name__)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_an_answer_of_any_other_shape_is_bad_and_never_another_exception(
    ask: Ask, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(places(GOOD[ask])))
    assert outcome(ask, changed(GOOD[ask], path, data.draw(st.sampled_from(WRONG)))) in (
        "bad_answer",
        "absent",
        "scored",
    )


@pytest.mark.parametrize("ask", GOOD, ids=lambda ask: ask.__name__)
def test_choices_that_are_texts_are_a_bad_answer(ask: Ask) -> None:
    assert outcome(ask, {"choices": ["x", "y"], "completion_probabilities": ["x"]}) == "bad_answer"


def test_a_missing_index_leaves_the_choices_in_their_order() -> None:
    data = changed(GOOD[ask_prompt_logprobs], ("choices", 0, "index"), None)
    assert outcome(ask_prompt_logprobs, data) == "scored"


class Named(Client):
    """A client whose server returns what each request names, 128 tokens at most, and its usage."""

    def __init__(self, read: int) -> None:
        super().__init__(Endpoint(name="fake", url="http://127.0.0.1:1/v1", model="m"))
        self.read = read
        self.sent: list[int] = []

    async def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        named = body["logprob_token_ids"]
        assert len(named) <= 128
        self.sent.append(len(named))
        top = {f"token_id:{token}": -1.0 - token for token in (3, *named)}
        data = {
            "choices": [{"logprobs": {"top_logprobs": [top]}}],
            "usage": {"prompt_tokens": self.read},
        }
        return Reply(data, 200, {}, 0.0, 1)


def test_more_choices_than_a_request_may_name_go_in_batches() -> None:
    client = Named(read=2)
    choices = list(range(10, 310))
    scores, _ = asyncio.run(
        letters.ask(client, [1, 2], choices, named=True, top_n=0, cache_prompt=False)
    )
    assert client.sent == [128, 128, 44]
    assert scores.logprobs == [-1.0 - token for token in choices]
    assert not any(scores.greedy)
    assert scores.unread_tokens == 0


def test_tokens_that_the_server_did_not_read_are_counted() -> None:
    scores, _ = asyncio.run(
        letters.ask(Named(read=2), [1] * 9, [3, 4], named=True, top_n=0, cache_prompt=False)
    )
    assert scores.unread_tokens == 7
