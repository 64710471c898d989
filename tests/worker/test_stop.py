"""A stop ends a benchmark whatever lm-eval is at, and resume goes on with what was recorded."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from stack_tui.benchmarks.pipeline import run_stages
from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.events import Answer
from stack_tui.runs.journal import Tail
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.store import Control, journal_path, write_control
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.task_files import write_generating
from tests.fakes import FakeServer
from tests.worker.runs import carried_out

# The first time, the task's code gets stuck where it is called for it.
_CODE = """
import os
import time

HERE = os.path.dirname(__file__)


def stick(place):
    if place == "PLACE" and not os.path.exists(HERE + "/stuck"):
        open(HERE + "/stuck", "w").close()
        while True:
            time.sleep(60)


def process_docs(dataset):
    stick("loading")
    return dataset


def prompt(doc):
    stick("building")
    return doc["question"]


def results(doc, results):
    stick("scoring")
    return {"hit": 1.0}


def aggregated(values):
    stick("concluding")
    return sum(values)
"""
_YAML = """
process_docs: !function sticks.process_docs
doc_to_text: !function sticks.prompt
process_results: !function sticks.results
metric_list: [{metric: hit, aggregation: !function sticks.aggregated, higher_is_better: true}]
"""


def _make(results: Path, tasks: Path, server: FakeServer) -> Path:
    endpoint = Endpoint(name="fake", url=server.url, model=server.model, timeout_s=20)
    spec = RunSpec(
        id="20261124-101500-sticks-fake-0001",
        created="2026-11-24T10:15:00+00:00",
        endpoint=endpoint,
        subject=BenchmarkSubject(tasks=("sticks",), include_path=str(tasks)),
        concurrency=2,
    )
    return store.create(results, spec)


def test_a_run_stops_while_its_endpoint_is_looked_at(tmp_path: Path) -> None:
    with FakeServer("vllm", brain=KnownModel()) as server:
        folder = _make(tmp_path, tmp_path, server)
        write_control(folder, Control(wanted="stop"))
        server.hold()
        run = carried_out(folder)
        server.release()
    assert run.phase == "stopped"


def _stop_once(exists: Path) -> None:
    deadline = time.monotonic() + 60
    while not exists.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("place", ["loading", "building", "scoring", "concluding"])
def test_a_benchmark_stops_wherever_lm_eval_is_stuck_and_resumes(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_stages, "_GRACE_S", 0.3)
    tasks = tmp_path / "tasks"
    write_generating(tasks, "sticks", yaml=_YAML, code=_CODE.replace("PLACE", place))
    text = (tasks / "sticks.yaml").read_text()
    (tasks / "sticks.yaml").write_text(text.replace('doc_to_text: "{{question}}"\n', ""))
    with FakeServer("vllm", brain=KnownModel()) as server:
        folder = _make(tmp_path, tasks, server)
        stopper = threading.Thread(target=_stop_once, args=(tasks / "stuck",))
        stopper.start()
        run = carried_out(folder)
        stopper.join()
        assert run.phase == "stopped"
        assert run.view.total.done == (4 if place == "concluding" else 0)
        answers = [one for one in Tail(journal_path(folder)).read() if isinstance(one, Answer)]
        assert len(answers) == (4 if place in ("scoring", "concluding") else 0)
        resumed = carried_out(folder)
    assert resumed.phase == "finished"
    assert resumed.view.scores is not None
    assert resumed.view.scores.results["results"]["sticks"]["hit,none"] == 4.0
    answers = [one for one in Tail(journal_path(folder)).read() if isinstance(one, Answer)]
    assert len({answer.key for answer in answers}) == len(answers) == 4
