"""stack-tui.toml: what is read from it, and how its mistakes are told."""

from pathlib import Path

import pytest

from stack_tui.config import decode
from stack_tui.errors import StackError

GOOD = """
[endpoints.local]
url = "http://127.0.0.1:8000/v1"
model = "llama"

[endpoints.judge]
url = "https://api.example.com/v1"
api_key_env = "JUDGE_KEY"

[defaults]
endpoint = "local"
judges = ["judge"]
"""


def test_endpoints_and_defaults_are_read() -> None:
    read = decode.decode(GOOD, Path("stack-tui.toml"))
    assert read.endpoint("local").model == "llama"
    assert read.endpoint("judge").api_key_env == "JUDGE_KEY"
    assert read.defaults.judges == ("judge",)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[endpoints.a]\nurl = 3", "endpoints.a.url", "Expected `str`, got `int`"),
        ('[endpoints.a]\nurl = "x"\nkey = "s"', "endpoints.a", "unknown field `key`"),
        ('[endpoints.a]\nurl = "localhost:8000"', "endpoints.a", "must start with http://"),
        ('[endpoints.a]\nname = "b"\nurl = "http://x"', "endpoints.a", "unknown key `name`"),
        ('[endpoints.a]\nrecorded_url = "b"\nurl = "http://x"', "endpoints.a", "unknown key"),
        ('[app]\ntheme = "solarized"', "app", "must be one of dark, light, 16"),
        ("[keys]\nzoom = 3", "keys.zoom", "Expected `array`, got `int`"),
        ("[endpoint.a]\n", "stack-tui.toml", "unknown field `endpoint`"),
        ('[defaults]\nendpoint = "b"', "stack-tui.toml", "no endpoint is called 'b'"),
        ("[defaults]\njudges = [1]", "defaults.judges[0]", "Expected `str`"),
        ('[endpoints.a]\nurl = "http://x"\nconcurrency = 0', "endpoints.a", "1 or more"),
        ('[endpoints.a]\nurl = "http://x"\nprice_in = 1', "endpoints.a", "go together"),
        ('[endpoints.a]\nurl = "http://x"\nprice_in = 1\nprice_out = -1', "endpoints.a", "0 or"),
        ('[endpoints.a]\nurl = "http://x"\ncurrency = ""', "endpoints.a", "short word"),
        ('[endpoints.a]\nurl = "http://x"\ntimeout_s = inf', "endpoints.a", "seconds above 0"),
        ('[endpoints.a]\nurl = "http://x"\ntimeout_s = nan', "endpoints.a", "seconds above 0"),
        ("[endpoints.a\n", "stack-tui.toml", "line 1"),
    ],
)
def test_a_mistake_is_reported_with_file_and_place(text: str, place: str, said: str) -> None:
    with pytest.raises(StackError) as caught:
        decode.decode(text, Path("stack-tui.toml"))
    assert place in caught.value.where or place in caught.value.what
    assert "stack-tui.toml" in caught.value.where
    assert said in caught.value.what
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_utf8_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_bytes(b"# fine\n# caf\xe9\n")
    with pytest.raises(StackError) as caught:
        decode.load(path)
    assert caught.value.where == f"{path}:2"


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no such file"):
        decode.load(tmp_path / "absent.toml")


def test_without_any_file_there_are_no_endpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    assert decode.load().endpoints == {}


def test_the_working_folders_file_goes_before_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "user" / "stack-tui"
    user.mkdir(parents=True)
    (user / "stack-tui.toml").write_text('[endpoints.user]\nurl = "http://u"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(user.parent))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert list(decode.load().endpoints) == ["user"]
    (tmp_path / "stack-tui.toml").write_text('[endpoints.here]\nurl = "http://h"\n')
    assert list(decode.load().endpoints) == ["here"]
