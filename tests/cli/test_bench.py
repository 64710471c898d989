"""bench: what is mistyped is told in one message before anything is made."""

from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from tests.benchmarks.known_model import KnownModel
from tests.fakes import FakeServer

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--gen", "until=null"], "gen's until"),
        (["--gen", "temperature=NaN"], "gen's temperature"),
        (["--gen", "=1"], "is not KEY=VALUE"),
        (["--samples", "binary"], "neither JSON nor a JSON file"),
        (["--samples", '{"nosuch": [1]}'], "'nosuch', which is not a task of this run"),
        (["--limit", "nan"], "limit must be above 0"),
        (["--limit", "inf"], "limit must be above 0"),
        (["--limit", "0"], "limit must be above 0"),
        (["--seed", "99999999999999999999"], "seed must be from 0"),
        (["--datasets", "absent"], "no such folder"),
        (["--tokenizer", "absent"], "holds no tokenizer.json"),
    ],
)
def test_a_mistake_is_told_and_no_run_is_made(
    options: list[str], said: str, capsys: Captured
) -> None:
    with FakeServer("vllm", brain=KnownModel()) as server:
        assert run(["bench", "stack_smoke", "--url", server.url, *options]) == 2
    assert said in capsys.readouterr().err
    assert not list(Path.cwd().glob("eval-results/2*"))


def test_a_task_named_twice_is_run_once(capsys: Captured) -> None:
    tasks = ["stack_smoke_answer", "stack_smoke_answer"]
    with FakeServer("vllm", brain=KnownModel()) as server:
        assert run(["bench", *tasks, "--limit", "2", "--url", server.url]) == 0
    assert "documents: 2 of 2" in " ".join(capsys.readouterr().out.split())
