"""bench: what is mistyped is told in one message before anything is made."""

import json
from pathlib import Path
from typing import Any

import pytest

from stack_tui.cli import bench
from stack_tui.cli.command_line import run
from stack_tui.runs.spec import BenchmarkSubject
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
        (
            ["--gen", "max_gen_toks=abc"],
            "is 'abc', but must be a whole number above 0",
        ),
        (["--gen", "until=5"], "until is 5, but must be a text, or a JSON list of texts"),
        (["--gen", "do_sample=maybe"], "do_sample is 'maybe', but must be true or false"),
        (["--metadata", "{"], "is not JSON"),
        (["--metadata", "n"], "is not KEY=VALUE"),
        (["--metadata", '{"a": [null]}'], "metadata must not hold null"),
        (["--fewshot-as-multiturn"], "needs --apply-chat-template"),
        (["--samples", "binary"], "neither JSON nor a JSON file"),
        (["--samples", "[1]"], "expected document numbers by task"),
        (["--samples", '{"stack_smoke_choice": 1}'], "has 1, which is not a list of document"),
        (["--samples", '{"stack_smoke_choice": [1, "x"]}'], "not a list of document numbers"),
        (["--samples", '{"stack_smoke_choice": [-1]}'], "document -1 of the task stack_smoke_cho"),
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


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the benchmarks that commands start, which are not run."""
    started: list[Any] = []

    def note(start: Any, *_: Any, **__: Any) -> int:
        started.append(start.args[0].benchmark)
        return 0

    monkeypatch.setattr(bench, "run_to_report", note)
    return started


def benchmark_of(requested: list[Any], *options: str) -> BenchmarkSubject:
    assert run(["bench", *options, "--url", "http://127.0.0.1:9/v1", "--model", "m"]) == 0
    benchmark = requested[-1]
    assert isinstance(benchmark, BenchmarkSubject)
    return benchmark


@pytest.mark.parametrize(
    ("options", "apply", "turns"),
    [
        ([], False, False),
        (["--apply-chat-template"], True, True),
        (["--apply-chat-template", "--no-fewshot-as-multiturn"], True, False),
        (["--apply-chat-template", "--fewshot-as-multiturn"], True, True),
        (["--no-fewshot-as-multiturn"], False, False),
        (["--chat-template", "rag"], True, True),
    ],
)
def test_examples_are_turns_by_default_with_a_chat_template(
    options: list[str], apply: bool, turns: bool, requested: list[Any]
) -> None:
    benchmark = benchmark_of(requested, "x", *options)
    assert (benchmark.apply_chat_template, benchmark.fewshot_as_multiturn) == (apply, turns)


@pytest.mark.parametrize("token", ["</think>", ""])
def test_a_think_end_token_is_taken_as_it_is_even_an_empty_one(
    token: str, requested: list[Any]
) -> None:
    assert benchmark_of(requested, "x", "--think-end-token", token).think_end_token == token
    assert benchmark_of(requested, "x").think_end_token is None


def test_settings_are_read_as_json_or_as_lm_eval_reads_them(requested: list[Any]) -> None:
    settings = ["top_p=.5", "do_sample=True", 'until=["a"]', "max_gen_toks=8", "mode=fast"]
    options = [part for one in settings for part in ("--gen", one)]
    expected = {"top_p": 0.5, "do_sample": True, "until": ["a"], "max_gen_toks": 8, "mode": "fast"}
    assert benchmark_of(requested, "x", *options).gen == expected


def test_metadata_is_given_by_key_or_as_json(requested: list[Any]) -> None:
    options = ["--metadata", "n=3", "--metadata", '{"lengths": [4096], "tokenizer": "t"}']
    benchmark = benchmark_of(requested, "x", *options, "--metadata", "tokenizer=u")
    assert benchmark.metadata == {"n": 3, "lengths": [4096], "tokenizer": "u"}


def test_samples_may_be_of_any_length(requested: list[Any]) -> None:
    numbers = list(range(500))
    benchmark = benchmark_of(requested, "x", "--samples", json.dumps({"x": numbers}))
    assert benchmark.samples == {"x": tuple(numbers)}


def test_a_task_named_by_its_file_is_recorded_by_its_whole_path(
    requested: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("task: mine\n", encoding="utf-8")
    assert benchmark_of(requested, "mine.yaml", "x").tasks == (str(tmp_path / "mine.yaml"), "x")


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


def test_the_tasks_of_a_group_are_listed_with_those_that_stand_inside_it(
    capsys: Captured, tmp_path: Path
) -> None:
    group = "group: mine\ntask:\n  - task: inside\n    output_type: generate_until\n"
    (tmp_path / "mine.yaml").write_text(group, encoding="utf-8")
    with FakeServer("vllm", brain=KnownModel()) as server:
        options = ["--include-path", str(tmp_path), "--url", server.url, "--json"]
        assert run(["tasks", "mine", *options]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["kind"], row["route"]) for row in rows] == [
        ("mine", "group", "generate"),
        ("mine::inside", "task", "generate"),
    ]
