"""The trial tasks, many of which failed once: all run, and lm-eval scores every document."""

import re
import shutil
from pathlib import Path

import pytest

from stack_tui.runs.events import RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import Begun
from tests.benchmarks.running import carry_out
from tests.fakes import FakeServer

TRIALS = Path(__file__).parents[3] / "shared" / "trials" / "lm_eval_tasks" / "basic"
# lm-eval itself fails on these: a grader that raises, and a temperature of null.
FAILING = {"t_pr_boom", "t_gen_floattoks"}


@pytest.mark.skipif(not TRIALS.is_dir(), reason="the tasks in ../shared/trials are absent")
def test_every_trial_task_runs_to_its_score(tmp_path: Path) -> None:
    folder = tmp_path / "basic"
    shutil.copytree(TRIALS, folder)
    for path in (*folder.glob("*.yaml"), *folder.glob("*.py")):
        path.chmod(0o644)
        path.write_text(path.read_text().replace("TASKS", str(tmp_path)))
    texts = [path.read_text() for path in folder.glob("t_*.yaml")]
    names = {name for text in texts for name in re.findall(r"(?m)^task: (\S+)", text)} - FAILING
    subject = BenchmarkSubject(
        tasks=tuple(sorted(names)),
        include_path=str(folder),
        limit=2,
        gen={"max_gen_toks": 16},
        confirm_unsafe=True,
    )
    with FakeServer(kind="vllm", brain=Begun()) as server:
        events = carry_out(server, subject, tmp_path / "run")
    samples = [event for event in events if isinstance(event, Sample)]
    assert [(one.task, one.failure) for one in samples if one.failure] == []
    (scores,) = [event for event in events if isinstance(event, RecordScores)]
    assert set(scores.results["results"]) == names
