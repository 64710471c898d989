"""Trust in a folder: its files name keys, and none is sent before the user has allowed it."""

import asyncio
from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from stack_tui.config import config_edit, permissions
from stack_tui.config import decode as configuration
from stack_tui.config.decode import Endpoint
from stack_tui.config.permissions import ActingPart
from stack_tui.endpoints.examine import examine
from stack_tui.endpoints.probe import check
from stack_tui.errors import StackError
from stack_tui.runs import store
from stack_tui.runs.journal import Journal
from stack_tui.worker import control
from tests.fakes import FakeServer
from tests.runs.samples import SPEC, started

SECRET = "sk-secret-of-somebody-0123"
FILE = Path("stack-tui.toml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    monkeypatch.setenv("THEIR_KEY", SECRET)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def text_for(server: FakeServer) -> str:
    return f'[endpoints.x]\nurl = "{server.url}"\napi_key_env = "THEIR_KEY"\n'


def got_key(server: FakeServer) -> bool:
    return any(SECRET in str(asked.headers) for asked in server.requests)


def checked() -> str:
    health = asyncio.run(check(configuration.load().endpoint("x")))
    return f"{health.state}: {health.failure.message if health.failure else ''}"


@pytest.mark.parametrize("command", [["endpoints"], ["doctor"], ["doctor", "--latency"]])
def test_a_folders_file_sends_no_key_before_it_is_trusted(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeServer() as server:
        FILE.write_text(text_for(server))
        run(command)
        assert not got_key(server)
    assert "not trusted yet" in capsys.readouterr().out


def test_once_trusted_a_key_is_sent() -> None:
    with FakeServer(key=SECRET) as server:
        FILE.write_text(text_for(server))
        assert checked().startswith("refused: THEIR_KEY is not sent")
        assert run(["trust", "--yes"]) == 0
        assert checked() == "up: "
        assert asyncio.run(examine(configuration.load().endpoint("x"))).failure is None
        FILE.write_text("# a comment\n" + text_for(server) + "concurrency = 4\n")
        assert checked() == "up: "


def test_another_url_or_variable_has_to_be_trusted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", SECRET)
    with FakeServer() as server, FakeServer() as other:
        FILE.write_text(text_for(server))
        run(["trust", "--yes"])
        for text in (text_for(other), text_for(server).replace("THEIR", "OTHER")):
            FILE.write_text(text)
            assert checked().startswith("refused")
        assert not got_key(server)
        assert not got_key(other)


def test_trust_is_asked_for_with_what_the_file_does(capsys: pytest.CaptureFixture[str]) -> None:
    FILE.write_text('[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\napi_key_env = "THEIR_KEY"\n')
    assert run(["trust"]) == 2  # a test has no terminal to be asked on
    assert "sends $THEIR_KEY to http://127.0.0.1:9/v1" in capsys.readouterr().err
    assert configuration.load().endpoint("x").key_withheld
    run(["trust", "--yes"])
    capsys.readouterr()
    assert run(["trust"]) == 0
    assert "Nothing to allow" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["option", "variable", "user"])
def test_a_file_that_the_user_names_or_keeps_needs_no_trust(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ("user/stack-tui" if where == "user" else "elsewhere") / "stack-tui.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\napi_key_env = "THEIR_KEY"\n')
    if where == "variable":
        monkeypatch.setenv("STACK_TUI_CONFIG", str(path))
    config = configuration.load(path if where == "option" else None)
    assert not config.endpoint("x").key_withheld


def test_what_the_user_enters_is_trusted_and_what_stood_there_is_not() -> None:
    FILE.write_text('[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\napi_key_env = "THEIR_KEY"\n')
    own = Endpoint(name="own", url="http://127.0.0.1:8/v1", api_key_env="MY_KEY")
    config_edit.change(FILE, lambda text: config_edit.put_endpoint(text, own))
    config = configuration.load()
    assert not config.endpoint("own").key_withheld
    assert config.endpoint("x").key_withheld
    assert "key_withheld" not in FILE.read_text()


def test_a_changed_endpoint_keeps_its_form_while_its_key_is_withheld() -> None:
    FILE.write_text('[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\napi_key_env = "THEIR_KEY"\n')
    assert run(["endpoints", "change", "x", "--model", "m"]) == 0
    assert configuration.load().endpoint("x").key_withheld
    assert FILE.read_text().endswith('api_key_env = "THEIR_KEY"\nmodel = "m"\n')


@pytest.mark.parametrize("field", ["key_withheld = true", 'recorded_url = "http://x"'])
def test_a_file_cannot_hold_what_is_not_its_own(field: str) -> None:
    FILE.write_text(f'[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\n{field}\n')
    with pytest.raises(StackError, match="unknown key"):
        configuration.load()


def test_a_run_of_somebody_else_is_resumed_only_once_its_keys_are_trusted(tmp_path: Path) -> None:
    endpoint = Endpoint(name="x", url="http://127.0.0.1:9/v1", api_key_env="THEIR_KEY", model="m")
    spec = SPEC.__class__(id=SPEC.id, created=SPEC.created, endpoint=endpoint, subject=SPEC.subject)
    folder = store.create(tmp_path, spec, "")
    with Journal(store.journal_path(folder)) as journal:
        journal.append(started())
    with pytest.raises(StackError, match=f"stack-tui trust {SPEC.id}"):
        control.resume(folder)
    assert run(["trust", "latest", "--yes", "--results", str(tmp_path)]) == 0
    assert permissions.not_allowed([ActingPart(variable="THEIR_KEY", url=endpoint.url)]) == ()


def test_a_damaged_file_of_permissions_allows_nothing_more(tmp_path: Path) -> None:
    part = ActingPart(variable="A", url="http://a")
    permissions.allow([part])
    path = tmp_path / "user/stack-tui/trusted.jsonl"
    path.write_bytes(b"\xff{\n" + path.read_bytes() + b'{"at": 1}\n')
    assert (
        permissions.not_allowed([part, ActingPart(variable="B", url="http://a")])[0].variable == "B"
    )


@pytest.mark.parametrize("name", ["sk_live_abc", "hf_abcdef"])
def test_a_key_in_place_of_a_variable_is_refused_and_not_shown(name: str) -> None:
    FILE.write_text(f'[endpoints.x]\nurl = "http://127.0.0.1:9/v1"\napi_key_env = "{name}"\n')
    with pytest.raises(StackError, match="never a key") as caught:
        configuration.load()
    assert name not in str(caught.value)
