"""Tasks of many kinds, on made-up data, get the numbers that lm_eval gets on the same server.

`tests/perf/lm_eval_sweep` does this by hand for two hundred tasks.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.running import carry_out
from tests.benchmarks.scoring.made_tokenizers import TOKENIZERS
from tests.fakes import FakeServer, Respond
from tests.perf.lm_eval_sweep import made_datasets
from tests.perf.lm_eval_sweep.comparison import compare
from tests.perf.lm_eval_sweep.hash_model_server import HashModel
from tests.perf.lm_eval_sweep.plain_lm_eval import PlainRun

ROOT = Path(__file__).parents[2]
FEWER_DRAWS = ROOT / "tests" / "perf" / "lm_eval_sweep" / "fewer_draws"
GEN = {"max_gen_toks": 16}
TASKS = {
    "piqa": "choices of several tokens",
    "mmlu_anatomy": "choices of one token",
    "gsm8k": "written answers, examples and two filters",
    "wikitext": "whole texts",
    "blimp_causative": "choices without a context",
    "winogrande": "a context for each choice",
    "webqs": "choices that vary in number",
    "drop": "answers that the task's own code grades",
    "truthfulqa_mc2": "probabilities of all choices",
    "cmmlu_arts": "letters after Chinese",
}


@dataclass(frozen=True)
class BothRuns:
    """The folders with lm_eval's files of either side."""

    theirs: Path
    ours: Path


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> BothRuns:
    """Return what lm_eval and we write about three documents of each task."""
    folder = tmp_path_factory.mktemp("both")
    made_datasets.write(folder / "hub", list(TASKS))
    model = HashModel(_made_tokenizer(folder / "tokenizer"))
    server = FakeServer("vllm", brain=model)
    server.answers["/tokenizer_info"] = Respond(body={"bos_token": "<s>", "eos_token": "</s>"})
    with server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, (FEWER_DRAWS, ROOT))))
        patch.setenv("HF_DATASETS_CACHE", str(folder / "cache-plain"))
        _run_plain(server, folder)
        patch.setenv("HF_DATASETS_CACHE", str(folder / "cache-ours"))
        benchmark = BenchmarkSubject(
            tasks=tuple(TASKS),
            limit=3,
            gen=GEN,
            datasets=str(folder / "hub"),
            tokenizer=str(folder / "tokenizer"),
        )
        carry_out(server, benchmark, folder / "ours")
    return BothRuns(folder / "plain", folder / "ours")


def _made_tokenizer(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "tokenizer.json"
    TOKENIZERS["byte-level BPE"]().save(str(path))
    config = {"bos_token": "<s>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_bytes(msgspec.json.encode(config))
    return path


def _run_plain(server: FakeServer, folder: Path) -> None:
    catalog = open_catalog()
    run = PlainRun(
        output=str(folder / "plain"),
        url=server.url,
        model=server.model,
        tokenizer=None,
        limit=3,
        gen=GEN,
        fewshot=None,
        timeout_s=120,
        batches={"all": list(TASKS)},
        tasks_in=sorted({str(Path(catalog.find(task).path).parent) for task in TASKS}),
    )
    command = [sys.executable, "-m", "tests.perf.lm_eval_sweep.plain_lm_eval", json.dumps(run)]
    subprocess.run(command, cwd=folder / "hub", check=True, capture_output=True, timeout=180)
    error = folder / "plain" / "all" / "error.txt"
    assert not error.exists(), error.read_text()


@pytest.mark.parametrize("task", TASKS)
def test_every_prompt_response_and_metric_equals_that_of_lm_eval(task: str, both: BothRuns) -> None:
    found = compare(both.theirs, both.ours, task)
    assert found.differing == []
    assert found.documents >= 3
