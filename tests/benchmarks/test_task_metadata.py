"""Tasks that make their documents are told of model and run, as by lm-eval."""

import random
from pathlib import Path
from typing import Any

import pytest

from stack_tui.errors import StackError
from stack_tui.runs.events import RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out
from tests.benchmarks.task_folder import WRITTEN, write_tasks
from tests.fakes import FakeServer

MADE = """import datasets


def make(lengths=None, tokenizer=None, pretrained=None, model=None, **_):
    if not lengths:
        raise ValueError("no lengths to make documents of")
    name = tokenizer or pretrained or model
    return {"test": datasets.Dataset.from_list(
        [{"q": f"{name} {length}:", "choices": ["x"], "gold": 0} for length in lengths]
    )}
"""


DRAWN = """import random

import datasets


def make(**_):
    drawn = random.random()
    return {"test": datasets.Dataset.from_list([{"q": f"{drawn}:", "choices": ["x"], "gold": 0}])}
"""


def run(tmp_path: Path, code: str = MADE, **options: Any) -> list[Any]:
    body = WRITTEN.replace("documents.documents", "making.make")
    folder = write_tasks(tmp_path / "tasks", made=f"task: made\n{body}metadata: {{version: 1}}\n")
    (tmp_path / "tasks" / "making.py").write_text(code, encoding="utf-8")
    benchmark = BenchmarkSubject(tasks=("made",), include_path=folder, **options)
    with FakeServer("vllm", brain=KnownModel()) as server:
        return carry_out(server, benchmark, tmp_path)


def test_metadata_and_the_models_name_reach_the_task(tmp_path: Path) -> None:
    events = run(tmp_path, metadata={"lengths": [4, 8, 16]})
    prompts = {one.prompt for one in events if isinstance(one, Sample)}
    assert prompts == {f"fake-model {length}:" for length in (4, 8, 16)}
    (scores,) = [one for one in events if isinstance(one, RecordScores)]
    assert scores.results["versions"]["made"] == 1


def test_what_is_given_stands_for_what_is_known_of_the_model(tmp_path: Path) -> None:
    events = run(tmp_path, metadata={"lengths": [4], "tokenizer": "other"})
    assert [one.prompt for one in events if isinstance(one, Sample)] == ["other 4:"]


def test_a_task_that_lacks_a_value_names_the_flag(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no lengths to make documents of") as refusal:
        run(tmp_path)
    assert "--metadata KEY=VALUE" in refusal.value.remedy


def test_documents_drawn_while_a_task_is_made_are_those_of_lm_evals_seed(tmp_path: Path) -> None:
    events = run(tmp_path, DRAWN)
    first = random.Random(0).random()
    assert [one.prompt for one in events if isinstance(one, Sample)] == [f"{first}:"]
