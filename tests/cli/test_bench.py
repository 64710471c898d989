"""bench: what is mistyped is told in one message before anything is made."""

import json
from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from tests.benchmarks.known_model import KnownModel
from tests.fakes import FakeServer

TASK = """
task: {name}
custom_dataset: !function {name}_data.documents
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{q}}}}\\nAnswer:"
doc_to_choice: ["A", "B"]
doc_to_target: 0
num_fewshot: 0
metric_list:
  - metric: acc
"""
DATA = """
def documents(**_):
    from datasets import Dataset
    return {"test": Dataset.from_list([{"q": "One?"}, {"q": "Two?"}])}
"""
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


def test_a_run_of_many_tasks_is_reported_and_found(capsys: Captured) -> None:
    with FakeServer("vllm", brain=KnownModel()) as server:
        options = ["--limit", "1", "--url", server.url, "--include-path", "tasks"]
        tasks = write_tasks(Path("tasks"), [f"smoke_with_a_rather_long_name_{n}" for n in range(9)])
        assert run(["bench", *tasks, *options]) == 0
    assert "full report → eval-results/smoke_with_a_rather_long_name_0+8_more-" in (
        capsys.readouterr().out
    )
    assert run(["report", "latest"]) == 0
    assert run(["watch", "latest"]) == 0


def test_a_task_given_by_its_file_is_reported_in_the_results_folder(capsys: Captured) -> None:
    write_tasks(Path("tasks"), ["mine"])
    with FakeServer("vllm", brain=KnownModel()) as server:
        path = str(Path("tasks/mine.yaml").resolve())
        assert run(["bench", path, "--limit", "1", "--url", server.url]) == 0
    assert "full report → eval-results/mine.yaml-" in capsys.readouterr().out
    assert not list(Path("tasks").glob("*.json"))


def test_samples_may_be_json_of_any_length(capsys: Captured) -> None:
    numbers = json.dumps({"stack_smoke_answer": [*range(5), *[0] * 2000]})
    with FakeServer("vllm", brain=KnownModel()) as server:
        options = ["--url", server.url, "--samples", numbers]
        assert run(["bench", "stack_smoke_answer", *options]) == 0
    assert "documents: 5 of 5" in " ".join(capsys.readouterr().out.split())


def write_tasks(folder: Path, names: list[str]) -> list[str]:
    """Write multiple-choice tasks of those names, with their data; return the names."""
    folder.mkdir()
    for name in names:
        (folder / f"{name}.yaml").write_text(TASK.format(name=name))
        (folder / f"{name}_data.py").write_text(DATA)
    return names
