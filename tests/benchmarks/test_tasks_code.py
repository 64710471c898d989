"""Tasks whose own code forks, starts programs, reads standard input or prints, as lm-eval's do."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.runs.events import RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out
from tests.benchmarks.task_files import write_generating, write_task
from tests.fakes import FakeServer

_BY_METRIC = "metric_list: [{metric: !function NAME.score, aggregation: mean}]\n"

# The pattern of code tasks: run the program in a child process, kill it after a timeout.
_IN_A_PROCESS = """
import multiprocessing


def _run(program, found):
    exec(program, {})
    found.send(True)


def score(references, predictions, **_):
    ours, theirs = multiprocessing.Pipe(False)
    child = multiprocessing.Process(target=_run, args=("assert 1 + 1 == 2", theirs))
    child.start()
    child.join(timeout=20)
    if child.is_alive():
        child.kill()
        return 0.0
    return float(ours.poll() and ours.recv())
"""

_WITH_A_MANAGER = """
import multiprocessing


def _run(found):
    found.append("passed")


def score(references, predictions, **_):
    with multiprocessing.Manager() as manager:
        found = manager.list()
        child = multiprocessing.Process(target=_run, args=(found,))
        child.start()
        child.join(timeout=20)
        child.kill()
        return float(list(found) == ["passed"])
"""

_BY_A_PROGRAM = """
import os
import subprocess
import sys

_PROGRAM = "import sys; sys.exit(len(sys.stdin.read()))"


def score(references, predictions, **_):
    print("a line on standard output")
    os.write(1, b"and one past Python")
    held = os.system("true 2>/dev/null >/dev/full")
    try:
        input()
    except EOFError:
        ended = subprocess.run([sys.executable, "-c", _PROGRAM], timeout=20)
        return float(ended.returncode == 0 and held == 0)
    return 0.0
"""

_MAPPED = """

def _upper(row):
    return {"question": row["question"].upper()}


def process_docs(dataset):
    return dataset.map(_upper, num_proc=2, load_from_cache_file=False)


def score(references, predictions, **_):
    return 1.0
"""

_PERPLEXITY = """
task: forks_perplexity
custom_dataset: !function forks_perplexity.sentences
test_split: test
output_type: loglikelihood
doc_to_text: "{{start}}"
doc_to_target: "{{end}}"
target_delimiter: ""
metric_list: [{metric: perplexity, aggregation: perplexity}, {metric: acc, aggregation: mean}]
metadata: {version: 1}
"""

_SENTENCES = """
import datasets


def sentences(**_):
    rows = [{"start": f"One and {n} are", "end": " some more"} for n in range(4)]
    return {"test": datasets.Dataset.from_list(rows)}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return lm-eval's results of one run over all of these tasks."""
    folder = tmp_path_factory.mktemp("tasks")
    unsafe = "unsafe_code: true\n"
    codes = {
        "forks_process": _IN_A_PROCESS,
        "forks_manager": _WITH_A_MANAGER,
        "starts_program": _BY_A_PROGRAM,
        "forks_map": _MAPPED,
    }
    for name, code in codes.items():
        yaml = _BY_METRIC.replace("NAME", name) + unsafe
        if "process_docs" in code:
            yaml += f"process_docs: !function {name}.process_docs\n"
        write_generating(folder, name, yaml=yaml, code=code)
    write_task(folder, "forks_perplexity", yaml=_PERPLEXITY, code=_SENTENCES)
    benchmark = BenchmarkSubject(
        tasks=(*codes, "forks_perplexity"), include_path=str(folder), confirm_unsafe=True
    )
    with FakeServer("vllm", brain=KnownModel()) as server:
        events = carry_out(server, benchmark, tmp_path_factory.mktemp("run"))
    assert not [one.failure for one in events if isinstance(one, Sample) and one.failure]
    (scores,) = [one for one in events if isinstance(one, RecordScores)]
    found: dict[str, Any] = scores.results["results"]
    return found


@pytest.mark.parametrize("name", ["forks_process", "forks_manager", "starts_program", "forks_map"])
def test_a_metric_that_starts_a_process_scores_as_it_does_in_lm_eval(
    results: dict[str, Any], name: str
) -> None:
    assert results[name]["score,none"] == 1.0


def test_a_standard_error_by_bootstrap_over_processes_is_computed(results: dict[str, Any]) -> None:
    assert results["forks_perplexity"]["perplexity_stderr,none"] > 0


def test_python_files_of_the_working_folder_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for name in ("random", "datasets", "queue", "stack_tui", "msgspec", "sitecustomize"):
        (here / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit(9)\n")
    monkeypatch.chdir(here)
    benchmark = BenchmarkSubject(tasks=("stack_smoke_answer",), limit=1)
    with FakeServer("vllm", brain=KnownModel()) as server:
        events = carry_out(server, benchmark, tmp_path)
    assert any(isinstance(event, RecordScores) for event in events)
    assert not Path("ran").exists()
