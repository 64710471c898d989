"""What an endpoint is found to be, and what keeps a run from starting on it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import Capabilities, Health, check, discover, preflight, probe
from stack_tui.endpoints.retry import BEFORE_A_RUN
from tests.endpoints.asking import Hurried, client, endpoint
from tests.fakes import FakeServer, Respond, kinds, rate_limited, server_error

KINDS = {
    "vllm": "vLLM",
    "llamacpp": "llama.cpp",
    "ollama": "Ollama",
    "sglang": "SGLang",
    "tgi": "TGI",
    "lmstudio": "LM Studio",
    "litellm": "LiteLLM",
    "openai": "OpenAI-compatible",
}


def health(server: FakeServer, **more: Any) -> Health:
    return asyncio.run(check(endpoint(server, **more)))


def started(server: FakeServer, **more: Any) -> Health:
    async def start() -> Health:
        async with client(server) as asked:
            asked.endpoint = endpoint(server, **more)
            return await preflight(asked)

    return asyncio.run(start())


def refused(server: FakeServer, **more: Any) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        started(server, **more)
    assert caught.value.where.startswith("endpoint fake (")
    return caught.value


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("kind", get_args(kinds.Name))
def test_every_kind_is_recognised_by_what_comes_back(kind: kinds.Name) -> None:
    with FakeServer(kind, context_length=2048) as server:
        found = health(server, model=None)
    assert found.server_kind == KINDS[kind]
    assert (found.state, found.model, found.failure) == ("up", "fake-model", None)
    assert found.context_length == (None if kind in ("litellm", "openai") else 2048)
    assert found.latency_s is not None


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("vllm", "0.32.0"),
        ("llamacpp", "b7000-abc"),
        ("ollama", "0.13.5"),
        ("sglang", "0.5.6"),
        ("tgi", "3.3.5"),
        ("litellm", "1.80.0"),
    ],
)
def test_the_version_is_told(kind: kinds.Name, version: str) -> None:
    with FakeServer(kind) as server:
        assert health(server).version == version


def test_a_server_of_a_known_kind_is_not_asked_what_else_it_is() -> None:
    with FakeServer("tgi") as server:
        asyncio.run(check(endpoint(server), known="TGI"))
        assert [asked.path for asked in server.requests] == ["/v1/models", "/info"]


def test_a_check_asks_for_no_generation() -> None:
    for kind in get_args(kinds.Name):
        with FakeServer(kind) as server:
            health(server)
            assert server.asked == []


@pytest.mark.parametrize("kind", ["sglang", "litellm"])
def test_a_health_route_that_makes_models_work_is_left_alone(kind: kinds.Name) -> None:
    with FakeServer(kind, key="secret-key") as server:
        health(server)
        assert "/health" not in [asked.path for asked in server.requests]


def test_ollama_tells_which_models_are_loaded_with_how_much_memory() -> None:
    with FakeServer("ollama") as server:
        found = health(server)
    assert [model.loaded for model in found.models] == [True]
    assert found.models[0].vram_bytes == 1_500_000_000
    assert found.models[0].expires_at.startswith("2026")
    assert found.note == "loaded: fake-model"


def test_a_vllm_whose_engine_died_is_down() -> None:
    with FakeServer() as server:
        server.answers["/health"] = Respond(503)
        found = health(server)
        error = refused(server)
    assert (found.state, found.server_kind) == ("down", "vLLM")
    assert "engine has died" in error.what


def test_a_guarded_server_without_a_key_is_refused_and_still_known() -> None:
    with FakeServer(key="secret-key") as server:
        found = health(server)
    assert (found.state, found.server_kind) == ("refused", "vLLM")
    assert found.failure is not None
    assert "api_key_env" in found.failure.remedy


def test_a_loading_llamacpp_is_loading() -> None:
    with FakeServer("llamacpp", loading=True) as server:
        found = health(server)
        error = refused(server)
    assert (found.state, found.server_kind) == ("loading", "llama.cpp")
    assert "still loading" in error.what
    assert error.retryable


def test_nothing_there_is_down() -> None:
    with FakeServer() as server:
        pass
    found = health(server)
    assert (found.state, found.server_kind) == ("down", "")


def test_what_hangs_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack_tui.endpoints.probe.CHECK_S", 0.2)
    with silent_port() as port:
        found = asyncio.run(check(Endpoint(name="e", url=f"http://127.0.0.1:{port}")))
    assert found.state == "stale"


@pytest.mark.parametrize(
    "page",
    [
        Respond(200, "<html>Grafana</html>", {"Content-Type": "text/html"}),
        Respond(200, {"hello": "world"}),
        Respond(200, "[1, 2"),
        Respond(200, '"text"'),
    ],
    ids=repr,
)
def test_a_server_that_is_no_model_server_is_told(page: Respond) -> None:
    with FakeServer("openai") as server:
        server.answers["/v1/models"] = page
        found = health(server)
        error = refused(server)
    assert (found.state, found.server_kind) == ("down", "")
    assert error.kind == "bad_answer"
    assert error.remedy


def test_hostile_names_and_versions_do_not_break_a_check() -> None:
    with FakeServer() as server:
        server.answers["/version"] = Respond(200, {"version": "1\x1b]0;x\x07\n2"})
        server.answers["/v1/models"] = Respond(
            200, {"data": [{"id": None}, 7, {"id": "a\x1b[2J", "owned_by": "vllm"}]}
        )
        found = health(server)
    assert "\x1b" not in found.version
    assert [model.id for model in found.models] == ["a\x1b[2J"]


def test_a_run_can_start_on_the_only_model() -> None:
    with FakeServer() as server:
        assert started(server, model=None).model == "fake-model"
        assert server.asked == []


def test_of_several_models_one_must_be_named() -> None:
    with FakeServer() as server:
        entries = [{"id": name, "owned_by": "vllm"} for name in ("small", "large")]
        server.answers["/v1/models"] = Respond(200, {"data": entries})
        error = refused(server, model=None)
    assert "it serves small, large" in error.remedy


@pytest.mark.parametrize("kind", ["vllm", "ollama", "litellm", "openai"])
def test_an_unknown_model_is_told_with_those_served(kind: kinds.Name) -> None:
    with FakeServer(kind) as server:
        error = refused(server, model="nope")
    assert "no model called 'nope'" in error.what
    assert "fake-model" in error.remedy


def test_a_server_that_takes_any_name_says_what_it_serves() -> None:
    with FakeServer("llamacpp") as server:
        found = started(server, model="anything")
    assert found.model == "anything"
    assert "fake-model" in found.note


def test_a_key_that_may_list_but_not_ask_is_found_before_the_run() -> None:
    broke = Respond(429, {"error": {"message": "no credit", "code": "insufficient_quota"}})
    with FakeServer("openai", replies=[broke]) as server:
        assert "no credit" in refused(server).what


def test_a_named_model_needs_no_list() -> None:
    with FakeServer("openai") as server:
        server.answers["/v1/models"] = Respond(404, {"detail": "Not Found"})
        assert started(server).model == "fake-model"


def test_a_base_model_without_a_chat_template_can_start() -> None:
    no_template = Respond(400, {"error": {"message": "no chat template"}})
    with FakeServer("litellm", replies=[no_template]) as server:
        assert started(server).model == "fake-model"


def test_a_url_with_a_wrong_path_is_told_with_the_right_one() -> None:
    with FakeServer() as server:
        asked = client(server)
        asked.url = f"{server.origin}/openai"

        async def start() -> None:
            async with asked:
                await preflight(asked)

        with pytest.raises(EndpointError) as caught:
            asyncio.run(start())
    assert server.url in caught.value.remedy


def test_where_nothing_listens_the_error_names_what_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeServer() as gone:
        pass
    with FakeServer("llamacpp") as server:

        async def only_this_one() -> list[Health]:
            return await discover([server.port])

        monkeypatch.setattr("stack_tui.endpoints.probe.discover", only_this_one)
        error = refused(gone)
    assert f"llama.cpp at {server.url}" in error.remedy


class Once(dict[str, Respond]):
    """Answers that a server gives once each."""

    def get(self, key: str, default: Any = None) -> Any:
        return self.pop(key, default)


BUSY = [rate_limited(), Respond(529, {"error": {"type": "overloaded_error"}}), server_error()]


@pytest.mark.parametrize("busy", BUSY, ids=lambda reply: str(reply.status))
def test_a_busy_server_is_waited_for_before_a_run(busy: Respond) -> None:
    waits: list[EndpointError] = []

    async def start(server: FakeServer) -> tuple[Health, Capabilities]:
        policy = Hurried(bad_answers=1, server_failures=1, waits_for_server=False)
        async with client(server, on_retry=lambda error, _: waits.append(error)) as asked:
            found = await preflight(asked, policy)
            server.answers = Once({"/tokenize": busy})
            return found, await probe(asked, policy)

    with FakeServer(replies=[busy]) as server:
        server.answers = Once({"/v1/models": busy})
        found, capabilities = asyncio.run(start(server))
    assert (found.state, found.model) == ("up", "fake-model")
    assert (capabilities.chat, capabilities.tokenize) == (True, True)
    assert {error.status for error in waits} == {busy.status}


def test_a_server_that_is_not_there_is_not_waited_for_before_a_run() -> None:
    async def start() -> None:
        address = Endpoint(name="fake", url="http://127.0.0.1:9/v1", model="m")
        async with Client(address) as asked:
            await preflight(asked, BEFORE_A_RUN)

    with pytest.raises(EndpointError, match="nothing listens"):
        asyncio.run(start())


def test_servers_on_well_known_ports_are_discovered() -> None:
    with (
        FakeServer("llamacpp") as up,
        FakeServer("llamacpp", loading=True) as loading,
        FakeServer("vllm", key="secret-key") as guarded,
        FakeServer("openai") as other,
        FakeServer() as gone,
    ):
        gone_port = gone.port
        gone.stop()
        other.answers["/v1/models"] = Respond(200, "<html>Grafana</html>")
        ports = [up.port, loading.port, guarded.port, other.port, gone_port]
        found = asyncio.run(discover(ports))
        gone.start()
    assert [one.state for one in found] == ["up", "loading", "refused"]
    assert found[0].endpoint.name == f"localhost:{up.port}"


def test_a_discovered_endpoint_has_all_the_time_that_a_configured_one_has() -> None:
    with FakeServer("vllm") as server:
        (found,) = asyncio.run(discover([server.port]))
    assert found.endpoint == Endpoint(name=f"localhost:{server.port}", url=server.url)
