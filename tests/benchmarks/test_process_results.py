"""What is scored is what was asked, and each answer is scored once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stack_tui.runs.events import Answer, Event, Finding, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out, samples_files
from tests.benchmarks.task_files import write_generating, write_task
from tests.fakes import FakeServer

_RESULTS = (
    "process_results: !function {name}.results\n"
    "metric_list: [{{metric: hit, aggregation: mean, higher_is_better: true}}]\n"
)

# Each gives another result when it runs again on the same answer.
_GRADERS = {
    "counts": """
COUNT = []


def results(doc, results):
    COUNT.append(1)
    return {"hit": float(len(COUNT))}
""",
    "draws": """
import secrets


def results(doc, results):
    return {"hit": secrets.randbelow(10**6) / 10**6}
""",
    "changes": """

def results(doc, results):
    doc["seen"] = doc.get("seen", 0) + 1
    return {"hit": float(doc["seen"])}
""",
    "changes_list": """

class Rows(list):
    features = {"question": None, "answer": None}


def process_docs(dataset):
    return Rows(dataset)


def results(doc, results):
    doc["seen"] = doc.get("seen", 0) + 1
    return {"hit": float(doc["seen"])}
""",
}

# Choices and documents shuffled whenever the documents are asked for, as GPQA's are.
_SHUFFLED = """
import datasets
import random

DRAWS = random.SystemRandom()


def questions(**_):
    choices = ["A", "B", "C", "D"]
    rows = [{"question": f"Name {n}", "choices": choices, "right": n % 4} for n in range(8)]
    return {"test": datasets.Dataset.from_list(rows)}


def process_docs(dataset):
    rows = []
    for row in dataset:
        choices = list(row["choices"])
        right = choices[row["right"]]
        DRAWS.shuffle(choices)
        rows.append({**row, "choices": choices, "right": choices.index(right)})
    DRAWS.shuffle(rows)
    return datasets.Dataset.from_list(rows)
"""

_CHOICE = """
task: {name}
custom_dataset: !function {name}.questions
test_split: test
output_type: {kind}
doc_to_text: "{{{{question}}}}"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: "{target}"
metadata: {{version: 1}}
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""


def _scores(events: list[Event]) -> Mapping[str, Any]:
    (scores,) = [event for event in events if isinstance(event, RecordScores)]
    results: Mapping[str, Any] = scores.results["results"]
    return results


def _samples(events: list[Event], task: str) -> list[Sample]:
    return [event for event in events if isinstance(event, Sample) and event.task == task]


def _mean(events: list[Event], task: str, metric: str) -> float:
    values = [sample.metrics[metric] for sample in _samples(events, task)]
    return sum(values) / len(values)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Return the events of one run over all graders."""
    folder = tmp_path_factory.mktemp("graders")
    for name, code in _GRADERS.items():
        yaml = _RESULTS.format(name=name)
        if "process_docs" in code:
            yaml += f"process_docs: !function {name}.process_docs\n"
        write_generating(folder, name, yaml=yaml, code=code)
    benchmark = BenchmarkSubject(tasks=tuple(_GRADERS), include_path=str(folder))
    with FakeServer("vllm", brain=KnownModel()) as server:
        return carry_out(server, benchmark, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("name", _GRADERS)
def test_the_score_of_record_is_the_mean_of_the_documents_results(
    graded: list[Event], name: str
) -> None:
    assert _scores(graded)[name]["hit,none"] == pytest.approx(_mean(graded, name, "hit,none"))


def test_process_results_runs_once_for_each_answer(graded: list[Event]) -> None:
    counts = sorted(sample.metrics["hit,none"] for sample in _samples(graded, "counts"))
    assert counts == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["changes", "changes_list"])
def test_a_document_that_its_metric_changes_comes_unchanged_to_the_metric(
    graded: list[Event], name: str
) -> None:
    assert {sample.metrics["hit,none"] for sample in _samples(graded, name)} == {1.0}


def _shuffled(folder: Path) -> BenchmarkSubject:
    yaml = _CHOICE.format(name="shuffled", kind="multiple_choice", target="{{right}}")
    write_task(
        folder,
        "shuffled",
        yaml=yaml + "process_docs: !function shuffled.process_docs\n",
        code=_SHUFFLED,
    )
    return BenchmarkSubject(tasks=("shuffled",), include_path=str(folder))


def test_documents_that_a_task_shuffles_are_scored_as_they_were_asked(tmp_path: Path) -> None:
    with FakeServer("vllm", brain=KnownModel()) as server:
        events = carry_out(server, _shuffled(tmp_path / "tasks"), tmp_path)
    assert _scores(events)["shuffled"]["acc,none"] == _mean(events, "shuffled", "acc,none")
    rows = samples_files(tmp_path)
    for sample in _samples(events, "shuffled"):
        row = rows["shuffled", int(sample.id), "none"]
        assert sample.prompt == row["doc"]["question"]
        assert [choice.text for choice in sample.choices] == row["doc"]["choices"]
        assert sample.metrics["acc,none"] == row["acc"]


def test_documents_drawn_anew_by_a_resumed_run_replace_the_earlier_ones_and_are_named(
    tmp_path: Path,
) -> None:
    benchmark = _shuffled(tmp_path / "tasks")
    with FakeServer("vllm", brain=KnownModel()) as server:
        first = carry_out(server, benchmark, tmp_path)
        second = carry_out(server, benchmark, tmp_path, first)
    (finding,) = [event for event in second if isinstance(event, Finding)]
    assert (finding.check, finding.task) == ("documents", "shuffled")
    latest = {one.key: one for one in [*_samples(first, "shuffled"), *_samples(second, "shuffled")]}
    values = [sample.metrics["acc,none"] for sample in latest.values()]
    assert _scores(second)["shuffled"]["acc,none"] == sum(values) / len(values)


def test_a_result_drawn_anew_by_a_resumed_run_replaces_the_sample(tmp_path: Path) -> None:
    write_generating(
        tmp_path / "tasks", "draws", yaml=_RESULTS.format(name="draws"), code=_GRADERS["draws"]
    )
    benchmark = BenchmarkSubject(tasks=("draws",), include_path=str(tmp_path / "tasks"))
    with FakeServer("vllm", brain=KnownModel()) as server:
        first = carry_out(server, benchmark, tmp_path)
        second = carry_out(server, benchmark, tmp_path, first)
    assert not [event for event in second if isinstance(event, Answer)]
    assert _scores(second)["draws"]["hit,none"] == pytest.approx(_mean(second, "draws", "hit,none"))


def test_log_likelihoods_with_repeats_are_asked_once_and_scored_for_each(tmp_path: Path) -> None:
    folder = tmp_path / "tasks"
    fixed = _SHUFFLED.replace("process_docs", "unused")
    for kind, target in (("multiple_choice", "{{right}}"), ("loglikelihood", " {{choices[0]}}")):
        yaml = _CHOICE.format(name=kind, kind=kind, target=target) + "repeats: 2\n"
        write_task(folder, kind, yaml=yaml, code=fixed)
    benchmark = BenchmarkSubject(
        tasks=("multiple_choice", "loglikelihood"), include_path=str(folder)
    )
    with FakeServer("vllm", brain=KnownModel()) as server:
        events = carry_out(server, benchmark, tmp_path)
    assert len([event for event in events if isinstance(event, Answer)]) == 16
    results = _scores(events)
    for kind in ("multiple_choice", "loglikelihood"):
        assert results[kind]["acc,none"] == _mean(events, kind, "acc,none")
        assert all(len(one) == 2 for one in samples_files(tmp_path)[kind, 0, "none"]["resps"])
