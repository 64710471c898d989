"""doctor: what an endpoint is and can do, or what is wrong with it and the remedy."""

import json

import pytest

from stack_tui.cli.command_line import run
from tests.fakes import FakeServer

Captured = pytest.CaptureFixture[str]


def test_a_server_is_named_with_kind_model_and_abilities(capsys: Captured) -> None:
    with FakeServer("vllm") as server:
        assert run(["doctor", "--url", server.url]) == 0
    shown = capsys.readouterr().out
    assert "vLLM" in shown
    assert "fake-model" in shown
    assert "4,096 tokens" in shown
    assert "named token ids" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "other"], "no model called 'other'"),
        ([], "the key was refused"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(
    options: list[str], said: str, capsys: Captured
) -> None:
    with FakeServer("vllm", key=None if options else "wanted") as server:
        assert run(["doctor", "--url", server.url, *options]) == 3
    shown = capsys.readouterr().out
    assert said in shown
    assert "remedy" in shown


def test_a_port_where_nothing_listens_is_told(capsys: Captured) -> None:
    with FakeServer("vllm") as server:
        url = server.url
    assert run(["doctor", "--url", url, "--json"]) == 3
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["failure"]["kind"] == "connection"


def test_a_missing_key_variable_is_named(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with FakeServer("openai", key="x") as server:
        assert run(["doctor", "--url", server.url, "--api-key-env", "NO_SUCH_KEY"]) == 3
    assert "NO_SUCH_KEY" in capsys.readouterr().out
