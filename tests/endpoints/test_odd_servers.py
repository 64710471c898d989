"""A server that answers what nobody expects costs its own endpoint, and never the program."""

import asyncio
import json
import time
import zlib
from typing import Any

import pytest

from stack_tui.endpoints.endpoint_errors import EndpointError, from_status, retry_after_s
from stack_tui.endpoints.examine import examine
from stack_tui.endpoints.json_answer import MAX_DEPTH, decode_json
from stack_tui.endpoints.kinds.server_kind import ServerFacts, ServerKind
from stack_tui.endpoints.metrics import quantile, read_metrics
from stack_tui.endpoints.probe import Health, check
from stack_tui.endpoints.retry import ONCE
from stack_tui.endpoints.transport import AiohttpTransport, HttpxTransport
from tests.endpoints.asking import BODY, client, endpoint
from tests.fakes import FakeServer, Respond

NESTED = "[" * 2000 + "]" * 2000


def checked(server: FakeServer, **more: Any) -> Health:
    return asyncio.run(check(endpoint(server, **more)))


def refusal(server: FakeServer, **more: Any) -> EndpointError:
    async def ask() -> EndpointError:
        async with client(server, policy=ONCE, **more) as asked:
            with pytest.raises(EndpointError) as caught:
                await asked.post("chat/completions", BODY)
            return caught.value

    return asyncio.run(ask())


@pytest.mark.parametrize("meta", ["x", [], 5, None, {"n_ctx": "many"}])
@pytest.mark.parametrize("status", ["x", [1], {"value": []}])
def test_odd_details_of_a_model_are_left_out(meta: object, status: object) -> None:
    entry = {"id": "x", "owned_by": "llamacpp", "meta": meta, "status": status}
    with FakeServer("llamacpp") as server:
        server.answers["/v1/models"] = Respond(200, {"data": [entry]})
        health = checked(server, model=None)
    assert [model.id for model in health.models] == ["x"]


def test_a_kind_of_server_that_cannot_be_read_is_a_failed_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> ServerFacts:
        raise AttributeError("'str' object has no attribute 'get'")

    odd = ServerKind(name="odd", recognizes=lambda *_: True, inspect=broken)
    monkeypatch.setattr("stack_tui.endpoints.health.KINDS", (odd,))
    with FakeServer() as server:
        health = checked(server)
    assert health.failure is not None
    assert health.failure.kind == "internal"
    assert "AttributeError in" in health.failure.message


@pytest.mark.parametrize("usage", ["x", ["y"], 5, None])
def test_odd_usage_leaves_raw_prompts_unclear(usage: object) -> None:
    body = {"choices": [{"text": "x", "message": {"content": "x"}}], "usage": usage}
    with FakeServer("vllm", replies=lambda _: Respond(200, body)) as server:
        found = asyncio.run(examine(endpoint(server)))
    assert found.failure is None
    assert found.abilities is not None
    assert found.abilities.raw_prompts is None


@pytest.mark.parametrize("entry", [7, "x", None, [1]])
def test_odd_prompt_logprobs_are_no_capability(entry: object) -> None:
    choice = {"text": "x", "prompt_logprobs": [None, {"5": entry}], "message": {"content": "x"}}
    with FakeServer("vllm", replies=lambda _: Respond(200, {"choices": [choice]})) as server:
        found = asyncio.run(examine(endpoint(server)))
    assert found.abilities is not None
    assert found.abilities.prompt_logprobs is False


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_nested_without_end_is_a_bad_answer_or_a_short_error(status: int) -> None:
    deep = '{"error":' * 900 + '"x"' + "}" * 900
    with FakeServer("vllm", replies=lambda _: Respond(status, deep)) as server:
        error = refusal(server)
    assert error.kind != "internal"


@pytest.mark.parametrize("status", [200, 400])
def test_nesting_is_bounded_with_a_key_set_too(status: int, monkeypatch: Any) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very/secret+0123")
    deep = '{"text":["\\\\",' * 240 + "1" + "]}" * 240
    with FakeServer("vllm", replies=lambda _: Respond(status, deep)) as server:
        error = refusal(server, api_key_env="MY_KEY")
    assert error.kind in ("bad_answer", "bad_request")


def test_json_is_bounded_in_depth_and_may_begin_with_a_byte_order_mark() -> None:
    assert decode_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    fine = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert decode_json(fine)
    for deep in (b"[" + fine + b"]", NESTED.encode(), b"[" * 200_000):
        with pytest.raises(ValueError, match=r"nested too deeply|malformed|Expecting"):
            decode_json(deep)


def test_json_of_too_many_values_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="too many values"):
        decode_json(b"[" + b"{}," * 2_000_001 + b"{}]")


@pytest.mark.parametrize("transport", [HttpxTransport, AiohttpTransport])
def test_a_compressed_answer_is_refused_before_it_is_unpacked(transport: Any) -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = bomb.compress(b" " * 2**24) + bomb.flush()
    answer = Respond(200, body, {"Content-Encoding": "gzip, gzip"})
    with FakeServer("vllm", replies=lambda _: answer) as server:
        error = refusal(server, transport=transport())
        asked = server.requests[-1]
    assert error.kind == "bad_answer"
    assert "compressed" in error.what
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 01 Jan 2024 00:00:00 +9999999999999999",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "٣٣²",
        "\x80",
        "",
    ],
)
def test_a_retry_after_that_is_no_time_is_ignored(value: str) -> None:
    wait = retry_after_s(value)
    assert wait is None or wait >= 0


def test_an_error_nested_in_errors_has_no_message() -> None:
    body: Any = "deep"
    for _ in range(700):
        body = {"error": body}
    assert from_status(400, body, {}).what == "400, the server refuses the request"


def test_odd_lines_on_a_page_of_metrics_are_left_out() -> None:
    name = "vllm:time_to_first_token_seconds_bucket"
    page = "\n".join(
        (
            f'{name}{{le="x"}} 3',
            f'{name}{{le="0.5"}} 1',
            f'{name}{{le="+Inf"}} 2',
            "vllm:num_requests_running 1e308",
            'vllm:num_requests_running{a="b"} 1e308',
        )
    )
    found = read_metrics(page, "vLLM")
    assert set(found) == {"ttft_bucket_0.5", "ttft_bucket_+Inf"}
    assert quantile({}, found, "ttft", 0.5) == 0.5


def test_thousands_of_headers_cost_no_time_to_read() -> None:
    headers = {f"X-{number}": "a" for number in range(4000)}

    async def ask(server: FakeServer) -> int:
        async with client(server, policy=ONCE, transport=HttpxTransport()) as asked:
            return len((await asked.post("chat/completions", BODY)).headers)

    with FakeServer("vllm", replies=lambda _: Respond(200, "{}", headers)) as server:
        began = time.monotonic()
        assert asyncio.run(ask(server)) >= 4000
    assert time.monotonic() - began < 5


def test_the_text_of_an_unforeseen_error_stays_short() -> None:
    with FakeServer("vllm", replies=lambda _: Respond(200, json.dumps({"error": "x" * 9000}))) as s:
        assert len(str(refusal(s))) < 1500
