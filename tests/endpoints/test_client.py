"""The client against servers that refuse, stall, break and come back."""

import asyncio
from typing import Any

import pytest

from stack_tui.endpoints.chat import read_completion
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.retry import ONCE
from stack_tui.endpoints.transport import AiohttpTransport, HttpxTransport, Transport
from tests.endpoints.asking import BODY, client, endpoint
from tests.fakes import (
    Cut,
    FakeServer,
    Reset,
    Respond,
    Stall,
    completion,
    empty_choices,
    error_in_200,
    failing,
    garbage,
    rate_limited,
    server_error,
)


@pytest.fixture(params=[HttpxTransport, AiohttpTransport])
def transport(request: pytest.FixtureRequest) -> Transport:
    made: Transport = request.param()
    return made


def ask(asked: Client, path: str = "chat/completions") -> Reply:
    async def once() -> Reply:
        async with asked:
            return await asked.post(path, BODY)

    return asyncio.run(once())


def failure(asked: Client) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        ask(asked)
    return caught.value


def test_an_answer_is_decoded(transport: Transport) -> None:
    with FakeServer(replies=["Paris"]) as server:
        reply = ask(client(server, transport=transport))
    assert read_completion(reply.data).output == "Paris"
    assert (reply.status, reply.attempts) == (200, 1)
    assert server.asked[0].body == BODY


@pytest.mark.parametrize(
    "trouble",
    [
        rate_limited(),
        rate_limited("Wed, 21 Oct 2015 07:28:00 GMT"),
        server_error(),
        server_error(503),
        server_error(529),
        Respond(408),
        Reset(),
        Cut(),
        garbage(),
        error_in_200(),
        error_in_200("Provider is busy", 429),
    ],
    ids=repr,
)
def test_what_may_pass_is_asked_again(trouble: Any, transport: Transport) -> None:
    with FakeServer(replies=[trouble, trouble, "fine"]) as server:
        reply = ask(client(server, transport=transport))
    assert read_completion(reply.data).output == "fine"
    assert reply.attempts == 3


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422, 501])
def test_what_the_server_refuses_is_not_asked_again(status: int) -> None:
    with FakeServer(replies=[Respond(status, {"detail": "no"})]) as server:
        error = failure(client(server))
        assert len(server.asked) == 1
    assert error.status == status
    assert error.what.endswith(": no")


def test_an_account_without_credit_is_not_asked_again() -> None:
    body = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    with FakeServer(replies=[Respond(429, body)]) as server:
        assert failure(client(server)).kind == "rate_limit"
        assert len(server.asked) == 1


@pytest.mark.parametrize(("trouble", "asked"), [(garbage(), 4), (server_error(), 9)], ids=repr)
def test_an_answer_that_stays_bad_is_asked_for_a_few_times_only(trouble: Any, asked: int) -> None:
    with FakeServer(replies=lambda _: trouble) as server:
        failure(client(server))
        assert len(server.asked) == asked


def test_a_stall_is_a_timeout(transport: Transport) -> None:
    with FakeServer(replies=[Stall()]) as server:
        error = failure(client(server, policy=ONCE, timeout_s=0.2, transport=transport))
    assert error.kind == "timeout"
    assert "0.2 s" in error.what


def test_a_server_that_restarts_in_mid_run_is_waited_for(transport: Transport) -> None:
    async def run(server: FakeServer) -> Reply:
        told: list[EndpointError] = []
        down = asyncio.Event()

        def on_retry(error: EndpointError, wait_s: float) -> None:
            told.append(error)
            down.set()

        server.stop()
        async with client(server, transport=transport, on_retry=on_retry) as asked:
            request = asyncio.create_task(asked.post("chat/completions", BODY))
            await down.wait()
            server.start()
            reply = await request
        assert {error.kind for error in told} == {"connection"}
        return reply

    server = FakeServer(replies=["back again"])
    server.start()
    reply = asyncio.run(run(server))
    server.stop()
    assert read_completion(reply.data).output == "back again"


def test_nothing_listening_is_told_with_its_remedy(transport: Transport) -> None:
    with FakeServer() as server:
        pass
    error = failure(client(server, policy=ONCE, transport=transport))
    assert error.kind == "connection"
    assert "connection refused" in str(error)
    assert "Is the server started" in error.remedy
    assert error.exit_code == 3
    assert server.url in error.where


def test_an_unknown_host_is_told(transport: Transport) -> None:
    with FakeServer() as server:
        asked = Client(
            endpoint(server, url="http://no-such-host.invalid/v1"),
            policy=ONCE,
            transport=transport,
        )
        assert "name is not known" in failure(asked).what


def test_a_port_without_tls_is_told(transport: Transport) -> None:
    with FakeServer() as server:
        url = server.url.replace("http:", "https:")
        error = failure(Client(endpoint(server, url=url), transport=transport))
    assert error.kind == "connection"
    assert "TLS" in error.what
    assert not error.retryable


def test_every_request_gets_through_a_server_that_fails_in_a_third_of_them(
    transport: Transport,
) -> None:
    async def run(server: FakeServer) -> list[Reply]:
        async with client(server, transport=transport, limit=Limit(16)) as asked:
            return await asyncio.gather(*(asked.post("chat/completions", BODY) for _ in range(60)))

    with FakeServer(replies=failing(0.3)) as server:
        replies = asyncio.run(run(server))
    assert {read_completion(reply.data).output for reply in replies} == {"Fake answer"}


def test_a_redirect_is_never_followed(transport: Transport) -> None:
    with FakeServer() as other:
        moved = Respond(307, headers={"Location": f"{other.origin}/v1/chat/completions"})
        with FakeServer(replies=[moved]) as server:
            error = failure(client(server, transport=transport))
        assert other.requests == []
    assert "redirect" in error.what
    assert other.origin in error.what


def test_an_answer_beyond_all_sense_is_refused(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack_tui.endpoints.transport.MAX_BODY", 1000)
    with FakeServer(replies=[completion("x" * 2000)]) as server:
        error = failure(client(server, transport=transport))
        assert len(server.asked) == 1
    assert error.kind == "bad_answer"


def test_a_web_page_is_told_to_be_no_model_server() -> None:
    page = Respond(200, "<!doctype html><title>nginx</title>")
    with FakeServer(replies=[page]) as server:
        error = failure(client(server, policy=ONCE))
    assert "web page" in error.what


def test_a_completion_without_choices_is_a_bad_answer() -> None:
    with FakeServer(replies=[empty_choices()]) as server:
        reply = ask(client(server))
    with pytest.raises(EndpointError, match="empty"):
        read_completion(reply.data)


def test_lone_surrogates_are_replaced_in_both_directions() -> None:
    with FakeServer(replies=[Respond(200, b'{"choices":[{"text":"a\\ud800b"}]}')]) as server:

        async def run() -> Reply:
            async with client(server) as asked:
                return await asked.post("completions", BODY | {"prompt": "\udfff"})

        reply = asyncio.run(run())
        assert server.asked[0].body["prompt"] == "\ufffd"
    assert reply.data["choices"][0]["text"] == "a\ufffdb"


def test_numbers_that_json_does_not_know_are_read() -> None:
    with FakeServer(replies=[Respond(200, b'\xef\xbb\xbf{"logprob": NaN}')]) as server:
        assert ask(client(server)).data["logprob"] != 0


def test_a_cancelled_request_gives_its_slot_back() -> None:
    async def run(server: FakeServer) -> None:
        async with client(server, limit=Limit(1)) as asked:
            first = asyncio.create_task(asked.post("chat/completions", BODY))
            await asyncio.to_thread(server.wait_for, 1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert asked.limit.in_flight == 0
            assert (await asked.post("chat/completions", BODY)).status == 200

    with FakeServer(replies=[Stall(), "fine"]) as server:
        asyncio.run(run(server))


def test_a_pause_holds_back_new_requests_and_repeated_ones() -> None:
    async def run(server: FakeServer) -> None:
        limit = Limit(1)
        paused = asyncio.Event()

        def pause(error: EndpointError, wait_s: float) -> None:
            limit.pause()
            paused.set()

        async with client(server, limit=limit, on_retry=pause) as asked:
            request = asyncio.create_task(asked.post("chat/completions", BODY))
            await paused.wait()
            await asyncio.wait([request], timeout=0.05)
            assert len(server.asked) == 1
            limit.proceed()
            assert (await request).attempts == 2

    with FakeServer(replies=[server_error(), "fine"]) as server:
        asyncio.run(run(server))
