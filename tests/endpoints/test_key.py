"""Keys: where they come from, where they go, and where they never appear."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.api_key import ApiKey, read_key
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import check, preflight
from stack_tui.endpoints.retry import ONCE
from tests.endpoints.asking import BODY, client, endpoint
from tests.fakes import FakeServer, Respond, server_error

SECRET = "sk-very/secret+0123"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", f" {SECRET}\n")


def test_the_key_goes_into_the_header() -> None:
    with FakeServer(key=SECRET) as server:
        health = asyncio.run(check(endpoint(server, api_key_env="MY_KEY")))
    assert health.state == "up"


def test_without_a_variable_no_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with FakeServer() as server:
        asyncio.run(check(endpoint(server)))
        assert not any("authorization" in asked.headers for asked in server.requests)


@pytest.mark.parametrize("value", [None, "", "  \n"])
def test_a_missing_variable_is_named(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv("MY_KEY")
    else:
        monkeypatch.setenv("MY_KEY", value)
    with FakeServer() as server:
        health = asyncio.run(check(endpoint(server, api_key_env="MY_KEY")))
        assert server.requests == []
    assert health.state == "refused"
    assert health.failure is not None
    assert "MY_KEY" in health.failure.message


def test_a_value_that_no_header_can_hold_is_refused_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "schlüssel\nzwei")
    with pytest.raises(EndpointError) as caught:
        read_key("MY_KEY")
    assert "schlüssel" not in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        Respond(401, {"error": {"message": f"Incorrect API key provided: {SECRET}."}}),
        Respond(400, f"plain text with {SECRET}"),
        Respond(307, headers={"Location": f"http://elsewhere/?key={SECRET}"}),
        Respond(200, f"no json {SECRET}"),
        Respond(200, {"error": {"message": SECRET}}),
        server_error(message=SECRET),
    ],
    ids=repr,
)
def test_an_error_that_echoes_the_key_is_redacted(reply: Respond) -> None:
    async def ask(server: FakeServer) -> EndpointError:
        async with client(server, policy=ONCE, api_key_env="MY_KEY") as asked:
            with pytest.raises(EndpointError) as caught:
                await asked.post("chat/completions", BODY)
            assert SECRET not in repr(vars(asked))
            return caught.value

    with FakeServer(replies=[reply]) as server:
        error = asyncio.run(ask(server))
    told = f"{error} {error!r} {vars(error)} {error.failure()}"
    assert SECRET not in told
    assert "[key]" in told


@pytest.mark.parametrize("escaped", [False, True])
def test_an_answer_that_echoes_the_key_is_redacted(escaped: bool) -> None:
    text = "".join(f"\\u{ord(sign):04x}" for sign in SECRET) if escaped else SECRET
    body = f'{{"choices": [{{"text": "{text}"}}], "{text}": 1}}'

    async def ask(server: FakeServer) -> object:
        async with client(server, api_key_env="MY_KEY") as asked:
            return (await asked.post("completions", BODY)).data

    with FakeServer(replies=[Respond(200, body)]) as server:
        data = asyncio.run(ask(server))
    assert data == {"choices": [{"text": "[key]"}], "[key]": 1}


@given(st.text(min_size=4))
def test_a_key_has_no_repr(value: str) -> None:
    key = ApiKey(value)
    assert repr(key) == str(key) == "Key([key])"


@given(st.text(st.characters(codec="ascii"), min_size=16))
def test_a_key_in_json_is_always_suspected(value: str) -> None:
    assert ApiKey(value).may_be_in(json.dumps({"echo": value}).encode())


def test_anthropics_own_routes_take_the_key_in_their_own_header() -> None:
    key = ApiKey(SECRET)
    listing = key.headers("https://api.anthropic.com/v1/models")
    assert listing["x-api-key"] == SECRET
    assert listing["anthropic-version"]
    chat = key.headers("https://api.anthropic.com/v1/chat/completions")
    assert chat == {"authorization": f"Bearer {SECRET}"}


def test_a_refused_key_is_told_with_its_variable() -> None:
    async def start(server: FakeServer) -> None:
        async with client(server, api_key_env="MY_KEY") as asked:
            await preflight(asked)

    with (
        FakeServer(key="another") as server,
        pytest.raises(EndpointError, match="MY_KEY") as caught,
    ):
        asyncio.run(start(server))
    assert caught.value.status == 401


@pytest.mark.parametrize("word", ["none", "EMPTY", "text", "choices", "1234", "ollama"])
def test_a_key_that_is_a_word_changes_no_answer(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", word)
    body = {"choices": [{"text": f"the answer is {word}"}], "content": word}

    async def ask(server: FakeServer) -> object:
        async with client(server, api_key_env="MY_KEY") as asked:
            return (await asked.post("completions", BODY)).data

    with FakeServer(replies=[Respond(200, body)]) as server:
        assert asyncio.run(ask(server)) == body


@pytest.mark.parametrize(
    "text",
    [
        "\u200b".join(SECRET),
        " " * 195 + SECRET,
        " " * 1995 + SECRET + " more",
        SECRET[:-1],
        SECRET[:12] + "…",
        SECRET + "x",
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_pieces_of_the_key_are_redacted_in_what_is_shown(text: str, status: int) -> None:
    async def ask(server: FakeServer) -> str:
        async with client(server, policy=ONCE, api_key_env="MY_KEY") as asked:
            with pytest.raises(EndpointError) as caught:
                await asked.post("chat/completions", BODY)
            return str(caught.value)

    with FakeServer(replies=[Respond(status, f"no json: {text}")]) as server:
        assert SECRET[:8] not in asyncio.run(ask(server))
