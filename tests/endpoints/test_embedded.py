import asyncio
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from stack_tui.endpoints.embedded import shared_server
from stack_tui.endpoints.endpoint_errors import EndpointError

HOLDER = """
import sys
from stack_tui.endpoints.embedded import shared_server
lease = shared_server.acquire()
print(lease.url, flush=True)
sys.stdin.read()
"""
PATIENCE_S = 60.0


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a runtime folder, and so a server, of its own."""
    base = Path(tempfile.mkdtemp(prefix="stack-tui-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    yield base / "stack-tui"
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Share one running server among the tests that only ask it."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as base:
        patch.setenv("XDG_RUNTIME_DIR", base)
        with closing(shared_server.acquire()) as lease:
            patch.undo()
            yield lease.url


def start_holder() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def url_of(holder: subprocess.Popen[str]) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def end(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=PATIENCE_S)


def watch_server(place: Path) -> int:
    """Return a descriptor that becomes readable when the running server's process has ended."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place / "embedded.sock"))
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return os.pidfd_open(struct.unpack("3i", peer)[0])


def ends(process: int) -> bool:
    ready, _, _ = select.select([process], [], [], PATIENCE_S)
    os.close(process)
    return bool(ready)


def is_refused(url: str) -> bool:
    address = httpx.URL(url)
    with socket.socket() as connection:
        return connection.connect_ex((address.host, address.port)) != 0


def is_healthy(url: str) -> bool:
    return httpx.get(url.removesuffix("/v1") + "/health").text == '{"status":"ok"}'


def body(question: str, **options: Any) -> dict[str, Any]:
    return {
        "model": "SmolLM2-135M-Instruct",
        "messages": [{"role": "user", "content": question}],
        "temperature": 0,
        "max_tokens": 12,
        **options,
    }


async def answers(url: str, questions: list[str], at_once: bool) -> list[str]:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:

        async def ask(question: str) -> str:
            reply = await client.post(f"{url}/chat/completions", json=body(question))
            return str(reply.json()["choices"][0]["message"]["content"])

        if at_once:
            return await asyncio.gather(*map(ask, questions))
        return [await ask(question) for question in questions]


def test_the_model_has_a_readable_name(server: str) -> None:
    listed = httpx.get(f"{server}/models").json()["data"]
    assert [model["id"] for model in listed] == ["SmolLM2-135M-Instruct"]


def test_its_context_holds_few_shot_prompts(server: str) -> None:
    assert httpx.get(f"{server}/models").json()["data"][0]["meta"]["n_ctx"] == 8192


def test_metrics_are_on(server: str) -> None:
    metrics = httpx.get(server.removesuffix("/v1") + "/metrics")
    assert "llamacpp:prompt_tokens_total" in metrics.text


def test_a_judge_can_be_held_to_an_integer_from_1_to_5(server: str) -> None:
    schema = {"name": "s", "schema": {"type": "integer", "minimum": 1, "maximum": 5}}
    question = body(
        "Rate this answer from 1 to 5: the Sun is a star.",
        response_format={"type": "json_schema", "json_schema": schema},
    )
    reply = httpx.post(f"{server}/chat/completions", json=question, timeout=PATIENCE_S)
    assert json.loads(reply.json()["choices"][0]["message"]["content"]) in range(1, 6)


def test_answers_are_equal_however_the_requests_come(server: str) -> None:
    questions = [f"What is known of {planet}?" for planet in ("Venus", "Mars", "Jupiter")]
    one_by_one = asyncio.run(answers(server, questions, at_once=False))
    at_once = asyncio.run(answers(server, questions[::-1], at_once=True))
    assert at_once[::-1] == one_by_one


def test_running_starts_nothing(place: Path) -> None:
    assert shared_server.running() is None
    assert not (place / "embedded.log").exists()


def test_it_ends_with_its_last_lease_and_not_before(place: Path) -> None:
    first = shared_server.acquire()
    second = shared_server.acquire()
    process = watch_server(place)
    assert first.url == second.url == shared_server.running()
    first.close()
    assert is_healthy(second.url)
    second.close()
    assert ends(process)
    assert is_refused(first.url)
    assert shared_server.running() is None


def test_the_next_lease_after_the_last_is_on_a_server_that_lives(place: Path) -> None:
    for _ in range(3):
        with closing(shared_server.acquire()) as lease:
            assert is_healthy(lease.url)
    with closing(shared_server.acquire()) as lease:
        process = watch_server(place)
    assert ends(process)


def test_ten_processes_at_once_get_one_server(place: Path) -> None:
    holders = [start_holder() for _ in range(10)]
    try:
        urls = {url_of(holder) for holder in holders}
        process = watch_server(place)
        assert len(urls) == 1
        assert is_healthy(urls.pop())
    finally:
        for holder in holders:
            end(holder)
    assert ends(process)


def test_it_is_not_left_behind_by_a_killed_holder(place: Path) -> None:
    holder = start_holder()
    url = url_of(holder)
    process = watch_server(place)
    holder.kill()
    end(holder)
    assert ends(process)
    assert is_refused(url)


def test_it_outlives_who_started_it_while_another_uses_it(place: Path) -> None:
    starter = start_holder()
    url = url_of(starter)
    with closing(shared_server.acquire()) as lease:
        process = watch_server(place)
        os.killpg(starter.pid, signal.SIGHUP)
        end(starter)
        assert lease.url == url
        assert is_healthy(url)
    assert ends(process)


def test_its_log_is_private_and_begins_anew_with_each_server(place: Path) -> None:
    log = place / "embedded.log"
    place.mkdir(mode=0o700)
    log.write_text("of an earlier server\n" * 99)
    with closing(shared_server.acquire()):
        process = watch_server(place)
        assert "earlier" not in log.read_text()
    assert ends(process)
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_broken_model_file_is_told_with_the_servers_own_words(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = place.parent / "broken.gguf"
    broken.write_text("no model")
    monkeypatch.setattr(shared_server, "model_file", lambda: broken)
    with pytest.raises(EndpointError, match="invalid magic") as caught:
        shared_server.acquire()
    assert caught.value.kind == "connection"
    assert str(place / "embedded.log") in caught.value.remedy
    assert shared_server.running() is None


def test_a_server_that_does_not_start_in_time_is_told_and_ended(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_read = place.parent / "model.gguf"
    os.mkfifo(never_read)
    monkeypatch.setattr(shared_server, "model_file", lambda: never_read)
    with pytest.raises(EndpointError, match="in time"):
        shared_server.acquire(timeout_s=0.5)


def test_without_the_packages_the_error_says_how_to_get_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_server, "find_spec", lambda name: None)
    assert not shared_server.available()
    with pytest.raises(EndpointError, match="not installed") as caught:
        shared_server.acquire()
    assert "--extra demo" in caught.value.remedy
    assert "--no-deps" in caught.value.remedy


def test_a_runtime_folder_too_deep_for_a_socket_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("deep" * 25)))
    with pytest.raises(EndpointError, match="too long"):
        shared_server.acquire()


def test_a_runtime_folder_open_to_others_is_told(place: Path) -> None:
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(EndpointError, match="not a private folder"):
        shared_server.acquire()
    assert shared_server.running() is None
