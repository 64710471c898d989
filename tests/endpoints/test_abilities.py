"""What a server can do, seen from what comes back."""

import asyncio
from typing import Any

import pytest

from stack_tui.endpoints.capabilities import Capabilities, probe, tokenize
from stack_tui.endpoints.endpoint_errors import EndpointError
from tests.endpoints.asking import client
from tests.fakes import Asked, FakeServer, Respond, completion, error_in_200, null_content
from tests.fakes.replies import Reply


def abilities(server: FakeServer) -> Capabilities:
    async def look() -> Capabilities:
        async with client(server) as asked:
            return await probe(asked)

    return asyncio.run(look())


def test_vllm_scores_prompts_and_named_tokens() -> None:
    with FakeServer("vllm") as server:
        assert abilities(server) == Capabilities(
            chat=True,
            completions=True,
            raw_prompts=True,
            echo=True,
            prompt_logprobs=True,
            top_logprobs=20,
            chat_top_logprobs=20,
            named_token_ids=True,
            token_prompts=True,
            prompt_lists=True,
            forced=False,
            tokenize=True,
            json_schema=True,
        )


def test_an_older_vllm_takes_named_tokens_and_ignores_them() -> None:
    with FakeServer("vllm", named_token_ids=False) as server:
        found = abilities(server)
    assert (found.named_token_ids, found.echo) == (False, True)


def test_llamacpp_ignores_echo_and_scores_forced_tokens() -> None:
    with FakeServer("llamacpp") as server:
        found = abilities(server)
    assert (found.echo, found.prompt_logprobs, found.named_token_ids) == (False, False, False)
    assert (found.forced, found.token_prompts, found.prompt_lists) == (True, True, True)
    assert found.top_logprobs is not None
    assert found.top_logprobs > 20


def test_a_chat_only_server_has_no_completions() -> None:
    with FakeServer("openai") as server:
        found = abilities(server)
    assert (found.chat, found.completions, found.tokenize) == (True, False, False)
    assert found.chat_top_logprobs == 20
    assert found.echo is None


def test_a_server_that_wraps_prompts_in_its_template_shows_it_by_their_length() -> None:
    def wrapped(asked: Asked) -> Reply:
        if asked.path != "/v1/completions":
            return None
        usage = {"prompt_tokens": 31, "completion_tokens": 1}
        return Respond(200, {"choices": [{"text": "Hi", "index": 0}], "usage": usage})

    with FakeServer("ollama", replies=wrapped) as server:
        found = abilities(server)
    assert (found.completions, found.raw_prompts, found.token_prompts) == (True, False, None)


def test_a_bias_that_shows_in_the_logprob_is_no_forced_scoring() -> None:
    def biased(asked: Asked) -> Reply:
        if asked.path != "/completion":
            return None
        token = asked.body["logit_bias"][0][0]
        top = [{"id": 1, "logprob": -1.5}]
        entry = {"id": token, "logprob": 0.0, "top_logprobs": top}
        return Respond(200, {"completion_probabilities": [entry]})

    with FakeServer("llamacpp", replies=biased) as server:
        assert abilities(server).forced is False


@pytest.mark.parametrize(
    ("answer", "able"),
    [
        ("3", True),
        ("Hello!", False),
        (Respond(400, {"error": {"message": "response_format is unknown"}}), False),
        (null_content(), None),
    ],
    ids=repr,
)
def test_a_schema_counts_where_the_answer_follows_it(answer: Any, able: bool | None) -> None:
    def reply(asked: Asked) -> Reply:
        return answer if "response_format" in asked.body else None

    with FakeServer(replies=reply) as server:
        assert abilities(server).json_schema is able


def test_an_answer_spoilt_by_another_clients_request_is_asked_for_again() -> None:
    spoilt = {"top_logprobs": [{" of": -1.4, "<|endoftext|>": -9999.0}]}
    tries: list[Asked] = []

    def reply(asked: Asked) -> Reply:
        if asked.path != "/v1/completions" or asked.body.get("logprobs") != 20:
            return None
        tries.append(asked)
        if len(tries) > 2:
            return None
        choice = {"index": 0, "text": " of", "logprobs": spoilt}
        return Respond(200, {"choices": [choice]})

    with FakeServer("vllm", replies=reply) as server:
        assert abilities(server).top_logprobs == 20


def test_every_request_is_tiny() -> None:
    with FakeServer() as server:
        abilities(server)
        limits = [
            asked.body.get("max_tokens", asked.body.get("n_predict")) for asked in server.asked
        ]
    assert all(limit is not None and limit <= 8 for limit in limits)
    assert len(limits) <= 20


def test_a_chat_that_answers_nonsense_is_no_chat() -> None:
    def reply(asked: Asked) -> Reply:
        return Respond(200, {"hello": 1}) if asked.path == "/v1/chat/completions" else None

    with FakeServer(replies=reply) as server:
        assert abilities(server).chat is False


def test_a_refused_key_is_an_error_and_no_missing_ability() -> None:
    with FakeServer(key="secret-key") as server, pytest.raises(EndpointError, match="401"):
        abilities(server)


@pytest.mark.parametrize("kind", ["vllm", "llamacpp", "sglang"])
def test_one_request_tokenizes_on_every_server_that_can(kind: Any) -> None:
    async def ask(server: FakeServer) -> list[int] | None:
        async with client(server) as asked:
            return await tokenize(asked, "Hello world")

    with FakeServer(kind) as server:
        assert asyncio.run(ask(server)) == server.brain.encode("Hello world")


def test_an_error_for_tokens_is_no_tokenizer() -> None:
    async def ask(server: FakeServer) -> list[int] | None:
        async with client(server) as asked:
            return await tokenize(asked, "Hello world")

    with FakeServer() as server:
        for answer in (error_in_200(), Respond(200, {"tokens": []}), completion("x")):
            server.answers["/tokenize"] = answer
            assert asyncio.run(ask(server)) is None
