"""Noticing that the configuration was changed outside."""

from pathlib import Path

import pytest

from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.tui.state.config_watch import ConfigWatch

ONE = '[endpoints.a]\nurl = "http://a"\n'


def test_a_file_is_read_again_when_it_changes_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_text(ONE)
    file = ConfigWatch(configuration.load(path))
    assert file.refresh() is None
    path.write_text(ONE.replace("[endpoints.a]", "[endpoints.other]"))
    read = file.refresh()
    assert read is not None
    assert list(read.endpoints) == ["other"]
    assert file.refresh() is None


def test_a_file_that_appears_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    file = ConfigWatch(Config())
    assert file.refresh() is None
    Path("stack-tui.toml").write_text(ONE)
    read = file.refresh()
    assert read is not None
    assert list(read.endpoints) == ["a"]


def test_a_file_that_is_wrong_or_gone_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"
    path.write_text(ONE)
    file = ConfigWatch(configuration.load(path))
    path.write_text("[endpoints.a\n")
    with pytest.raises(StackError, match="not valid TOML"):
        file.refresh()
    assert file.refresh() is None
    path.unlink()
    with pytest.raises(StackError, match="removed"):
        file.refresh()
    assert file.refresh() is None
