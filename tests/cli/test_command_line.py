"""The command line as a whole: help, exit codes, and one clear message for every mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack_tui.cli import command_line
from stack_tui.cli.command_line import run
from stack_tui.errors import StackError

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each test away from the configuration and the runs of whoever runs it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)


def test_help_names_every_command(capsys: Captured) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in command_line.COMMANDS)


@pytest.mark.parametrize("name", list(command_line.COMMANDS))
def test_every_command_explains_itself(name: str, capsys: Captured) -> None:
    assert run([name, "--help"]) == 0
    assert f"Usage: stack-tui {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-command"], "No such command 'no-such-command'"),
        (["eval"], "Missing argument 'SUITE'"),
        (["eval", "x", "--repeats", "0"], "--repeats"),
        (["eval", "x", "--repeats", "10001"], "--repeats"),
        (["runs", "--config", "absent.toml"], "absent.toml: no such file"),
        (["report", "x"], "eval-results: contains no runs"),
        (["stop"], "eval-results: contains no runs"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    arguments: list[str], said: str, capsys: Captured
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_an_empty_list_of_runs_says_what_to_do(capsys: Captured) -> None:
    assert run(["runs"]) == 0
    assert "stack-tui eval SUITE" in capsys.readouterr().err


def test_json_is_one_document_even_when_there_is_nothing(capsys: Captured) -> None:
    assert run(["runs", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_hostile_text_in_an_error_is_made_harmless(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StackError("a\x1b]52;c;x\x07b", where="c\u202ed")

    monkeypatch.setattr(command_line.stack_tui, "main", fail)
    assert run([]) == 2
    assert capsys.readouterr().err == "stack-tui: c\ufffdd: a␛]52;c;x␇b\n"


def test_a_defect_is_told_on_one_line_and_kept_in_a_file(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(command_line.stack_tui, "main", fail)
    assert run([]) == 4
    message, report = capsys.readouterr().err.splitlines()
    assert message == "stack-tui: a defect in stack-tui: ZeroDivisionError: by"
    kept = Path(report.rpartition(" ")[2])
    assert "ZeroDivisionError: by" in kept.read_text()
    kept.unlink()


def test_keys_of_ones_own_are_listed_with_the_names_that_change_them(
    tmp_path: Path, capsys: Captured
) -> None:
    config = tmp_path / "stack-tui.toml"
    config.write_text('[keys]\nhelp = ["?", "f1"]\n')
    assert command_line.run(["keys", "--config", str(config)]) == 0
    listed = {line.split()[0]: line.split()[1:3] for line in capsys.readouterr().out.splitlines()}
    assert listed["help"] == ["?", "f1"]
    assert listed["zoom"][0] == "z"


def test_the_app_does_not_open_with_keys_that_conflict(tmp_path: Path, capsys: Captured) -> None:
    config = tmp_path / "stack-tui.toml"
    config.write_text('[keys]\nzoom = "n"\n')
    assert command_line.run(["--config", str(config)]) == 2
    assert f"{config}: keys.zoom: n is already used there by new_run" in capsys.readouterr().err


def test_an_output_that_nobody_reads_is_no_failed_gate() -> None:
    command = [sys.executable, "-m", "stack_tui", "keys"]
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (4, b"")


def test_the_app_says_that_it_needs_a_terminal(capsys: Captured) -> None:
    assert run([]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def test_a_device_is_no_configuration(capsys: Captured) -> None:
    assert run(["--config", "/dev/zero", "doctor"]) == 2
    assert "is a device" in capsys.readouterr().err
