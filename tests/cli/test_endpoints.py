"""endpoints: which there are, and changing them in the configuration file."""

import json
from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from stack_tui.config import decode
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints import probe
from stack_tui.endpoints.health import Health
from tests.fakes import FakeServer

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with nothing on the local ports."""

    async def discover() -> list[Health]:
        return []

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    monkeypatch.setattr("stack_tui.cli.endpoints.discover", discover)
    monkeypatch.setattr(probe, "discover", discover)


def test_an_added_endpoint_is_listed_with_how_it_does(capsys: Captured) -> None:
    with FakeServer("vllm") as server:
        assert run(["endpoints", "add", "local", "--url", server.url, "--default"]) == 0
        assert run(["endpoints", "add", "gone", "--url", "http://127.0.0.1:9/v1"]) == 0
        capsys.readouterr()
        assert run(["endpoints"]) == 0
    up, down = capsys.readouterr().out.splitlines()
    assert up.startswith("up       local            vLLM 0.32.0          fake-model")
    assert up.endswith("default")
    assert "connection refused" in down


def test_the_list_as_json_names_what_each_is_the_default_for(capsys: Captured) -> None:
    run(["endpoints", "add", "a", "--url", "http://127.0.0.1:9", "--default"])
    run(["endpoints", "judges", "a"])
    capsys.readouterr()
    assert run(["endpoints", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["default"], listed["judge"], listed["health"]["state"]) == (True, True, "down")


def test_a_server_is_listed_once_however_its_url_is_written(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeServer("vllm") as server:

        async def discover() -> list[Health]:
            return [await probe.check(Endpoint(name="found", url=server.url))]

        monkeypatch.setattr("stack_tui.cli.endpoints.discover", discover)
        Path("stack-tui.toml").write_text(f'[endpoints.local]\nurl = "{server.origin}"\n')
        assert run(["endpoints", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["endpoint"]["name"] for each in listed] == ["local"]


def test_a_change_changes_what_is_given_and_keeps_the_rest() -> None:
    run(["endpoints", "add", "a", "--url", "http://h", "--model", "m", "--concurrency", "4"])
    assert run(["endpoints", "change", "a", "--name", "b", "--model", "", "--timeout-s", "9"]) == 0
    endpoint = decode.load().endpoint("b")
    assert (endpoint.url, endpoint.model, endpoint.concurrency, endpoint.timeout_s) == (
        "http://h/v1", None, 4, 9.0
    )  # fmt: skip


def test_a_removed_endpoint_is_no_default_any_more_and_how_to_have_it_back_is_told(
    capsys: Captured,
) -> None:
    run(["endpoints", "add", "a b", "--url", "http://h", "--model", "m", "--default"])
    assert run(["endpoints", "remove", "a b"]) == 0
    assert decode.load().endpoints == {}
    assert decode.load().defaults.endpoint is None
    assert "endpoints add 'a b' --url http://h/v1 --model m" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "a", "--url", "ftp://h"], "must start with http://"),
        (["add", "self", "--url", "http://h"], "the model that is evaluated"),
        (["remove", "b"], "no endpoint is called 'b'; configured: a"),
        (["default", "b"], "no endpoint is called 'b'"),
        (["judges", "a", "b"], "no endpoint is called 'b'"),
        (["add", "a", "--url", "http://h"], "is taken"),
        (["change", "a", "--timeout-s", "-1"], "above 0"),
        (["change", "a", "--concurrency", "few"], "--concurrency: Expected"),
        (["change", "a", "--price-in", "1"], "go together"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(
    arguments: list[str], said: str, capsys: Captured
) -> None:
    run(["endpoints", "add", "a", "--url", "http://first"])
    before = Path("stack-tui.toml").read_text()
    assert run(["endpoints", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert Path("stack-tui.toml").read_text() == before


def test_a_key_is_refused_and_never_echoed(capsys: Captured) -> None:
    assert run(["endpoints", "add", "a", "--url", "http://h", "--api-key-env", "sk-secret1"]) == 2
    told = capsys.readouterr()
    assert "never a key" in told.err
    assert "sk-secret1" not in told.err + told.out
    assert not Path("stack-tui.toml").exists()


def test_the_named_file_is_the_one_that_is_changed(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    assert run(["--config", str(other), "endpoints", "add", "a", "--url", "http://h"]) == 0
    assert run(["endpoints", "--config", str(other), "default", "a"]) == 0
    assert run(["endpoints", "judges", "a", "--config", str(other)]) == 0
    assert decode.load(other).defaults.judges == ("a",)
    assert decode.load(other).defaults.endpoint == "a"
