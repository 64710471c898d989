"""Documents with requests of every shape have lm-eval's own numbers, or an error of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stack_tui.runs.events import Event, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import Begun
from tests.benchmarks.running import carry_out
from tests.fakes import FakeServer

ROOT = Path(__file__).parents[2]
CONTEXT = 120
_LONG = "word " * 150

_CHOICES = """
task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{q}}}}"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: "{{{{gold}}}}"
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
{more}
"""
_MIXED = """
from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask


class Mixed(ConfigurableTask):
    VERSION = 1
    DATASET_PATH = "json"

    def __init__(self, config=None):
        super().__init__(config={
            "dataset_kwargs": {"data_files": {"validation": QUESTIONS}},
            "output_type": "generate_until",
            "doc_to_text": "Q: {{q}}\\nA:", "doc_to_target": "{{q}}",
            "validation_split": "validation", "metadata": {"version": 1},
        })

    def construct_requests(self, doc, ctx, chat_template=None, apply_chat_template=False, **more):
        likely = (ctx, " unanswerable")
        return self.ordered([
            Instance("generate_until", doc, (ctx, {"until": ["zz"], "max_gen_toks": 8}), 0, **more),
            Instance("loglikelihood", doc, likely, 0, **more),
        ])

    def ordered(self, instances):
        return instances

    def process_results(self, doc, results):
        text, (logprob, _) = self.ordered(results)
        return {"length": len(text), "lp": logprob}

    def aggregation(self):
        return {"length": sum, "lp": sum}

    def higher_is_better(self):
        return {"length": True, "lp": True}


class Reversed(Mixed):
    def ordered(self, instances):
        return list(instances)[::-1]
"""


def _lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_tasks(folder: Path) -> tuple[str, ...]:
    """Write tasks of odd shapes into the folder, and return their names."""

    def choices(name: str, rows: list[dict[str, Any]], more: str = "") -> None:
        data = _lines(folder / f"{name}.jsonl", rows)
        text = _CHOICES.format(name=name, data=data, more=more)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    short = [{"q": f"Number {n}?", "choices": ["A", "B", "C"], "gold": n % 3} for n in range(3)]
    choices("s_repeats", short, "repeats: 2")
    choices(
        "s_varying",
        [{"q": "x y", "choices": ["A", "b c", "C"][: n + 1], "gold": 0} for n in (1, 2)],
    )
    some, nothing = (
        {"q": "The cat", "choices": ["A", ""], "gold": 0},
        {"q": "The cat", "choices": ["", ""], "gold": 1},
    )
    choices("s_empty", [*short[:1], some, nothing], 'target_delimiter: ""')
    many = [f"w{n}" for n in range(300)]
    choices("s_many", [{"q": "The sky is", "choices": many, "gold": 7}])
    choices(
        "s_unconditional",
        short,
        "metric_list: [{metric: acc}, {metric: acc_mutual_info, aggregation: mean,"
        " higher_is_better: true}]",
    )
    choices("s_long", [{"q": _LONG, "choices": ["A", "B"], "gold": 0}, *short])
    texts = _lines(
        folder / "texts.jsonl", [{"text": "Some words here."}, {"text": ""}, {"text": _LONG}]
    )
    (folder / "s_rolling.yaml").write_text(
        f"task: s_rolling\ndataset_path: json\ndataset_kwargs: {{data_files: {{test: {texts}}}}}\n"
        'test_split: test\noutput_type: loglikelihood_rolling\ndoc_to_text: ""\n'
        'doc_to_target: "{{text}}"\nmetric_list: [{metric: bits_per_byte}]\n',
        encoding="utf-8",
    )
    questions = _lines(folder / "questions.jsonl", [{"q": "One"}, {"q": "Two"}, {"q": _LONG}])
    (folder / "mixed.py").write_text(
        _MIXED.replace("QUESTIONS", repr(str(questions))), encoding="utf-8"
    )
    for name, kind in (("s_mixed", "Mixed"), ("s_reversed", "Reversed")):
        text = f"task: {name}\nclass: !function mixed.{kind}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    write_tasks(folder)
    return folder


@pytest.fixture(scope="module")
def ours(tasks: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    names = tuple(sorted(path.stem for path in tasks.glob("*.yaml")))
    benchmark = BenchmarkSubject(tasks=names, include_path=str(tasks), add_bos="no")
    with FakeServer("vllm", brain=Begun(), context_length=CONTEXT) as server:
        return carry_out(server, benchmark, tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def theirs(tasks: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the results of lm-eval alone, with the same model and context."""
    output = tmp_path_factory.mktemp("alone") / "results.json"
    command = [sys.executable, "-m", "tests.benchmarks.lm_eval_shapes", str(tasks), str(output)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    environment["CONTEXT"] = str(CONTEXT)
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=240)
    found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found


def test_every_number_is_lm_evals(ours: list[Event], theirs: dict[str, Any]) -> None:
    (scores,) = [event for event in ours if isinstance(event, RecordScores)]
    assert scores.missing == {}
    results = scores.results["results"]
    assert set(results) == set(theirs)
    for task, numbers in theirs.items():
        for name, number in numbers.items():
            assert results[task][name] == pytest.approx(number, abs=1e-9), (task, name)


def test_what_was_cut_is_told_of_each_document(ours: list[Event]) -> None:
    samples = [event for event in ours if isinstance(event, Sample) and event.unread_tokens]
    assert {(each.task, each.id) for each in samples} == {
        ("s_long", "0"),
        ("s_mixed", "2"),
        ("s_reversed", "2"),
    }
