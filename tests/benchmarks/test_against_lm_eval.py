"""The final numbers are lm-eval's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack_tui.runs.events import RecordScores
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import HUB, carry_out, needs_hub, results_files, samples_files
from tests.fakes import FakeServer

RUNS: dict[int | None, tuple[str, ...]] = {
    5: ("mmlu_anatomy", "gsm8k"),
    None: ("hellaswag", "arc_challenge", "truthfulqa_mc1"),
}
GUIDE = [(task, shots) for shots, tasks in RUNS.items() for task in tasks]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what lm-eval writes by itself about 20 documents of each benchmark."""
    output = tmp_path_factory.mktemp("alone")
    tasks = [f"{task}={'' if shots is None else shots}" for task, shots in GUIDE]
    command = [sys.executable, "-m", "tests.benchmarks.lm_eval_alone", str(output), "20", *tasks]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    subprocess.run(command, cwd=HUB, env=environment, check=True, capture_output=True, timeout=240)
    return output


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[int | None, Path]:
    """Return the folders of our own runs over HTTP, by their number of examples."""
    folders = {}
    for shots, tasks in RUNS.items():
        folders[shots] = tmp_path_factory.mktemp("ours")
        benchmark = BenchmarkSubject(tasks=tasks, fewshot=shots, limit=20, datasets=str(HUB))
        with FakeServer("vllm", brain=KnownModel()) as server:
            events = carry_out(server, benchmark, folders[shots])
        (scores,) = [event for event in events if isinstance(event, RecordScores)]
        assert scores.missing == {}
    return folders


@needs_hub
@pytest.mark.parametrize(("task", "shots"), GUIDE)
def test_results_and_samples_equal_those_of_lm_eval_alone(
    task: str, shots: int | None, alone: Path, ours: dict[int | None, Path]
) -> None:
    theirs = samples_files(alone / task)
    rows = samples_files(ours[shots])
    assert len(theirs) >= 20
    assert {key: row for key, row in rows.items() if key[0] == task} == theirs
    expected, found = results_files(alone / task), results_files(ours[shots])
    assert {part: names[task] for part, names in found.items()} == {
        part: names[task] for part, names in expected.items()
    }
