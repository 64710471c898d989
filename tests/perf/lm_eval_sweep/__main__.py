"""Sweep lm-eval's tasks: ours beside plain lm_eval on one server. Run by hand:

    python -m tests.perf.lm_eval_sweep URL MODEL --tokenizer DIR --work DIR [--task NAME]...
        [--fewshot N] [--steps data plain ours compare] [--page FILE] [--server TEXT]

The interpreter needs `transformers`, with which lm_eval tokenizes. `embedded` as URL takes the
embedded model. Each step leaves its files in the folder `--work`, so that it can be done alone.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from stack_tui.benchmarks.catalog.catalog import Catalog, open_catalog
from stack_tui.benchmarks.catalog.task_index import lm_eval_tasks, read_config
from stack_tui.endpoints.embedded import shared_server
from tests.perf.lm_eval_sweep import made_datasets
from tests.perf.lm_eval_sweep.comparison import compare
from tests.perf.lm_eval_sweep.our_runs import OurRun
from tests.perf.lm_eval_sweep.outcome_table import Outcome, page, summary
from tests.perf.lm_eval_sweep.plain_lm_eval import PlainRun

ROOT = Path(__file__).parents[3]
FEWER_DRAWS = Path(__file__).parent / "fewer_draws"
LIMIT = 3
_BATCH = "batch.txt"
_BATCH_OF = "batch of "
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_EVALUATE_OFFLINE": "1",
    "HF_ALLOW_CODE_EVAL": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_GEN: dict[str, str | int] = {"max_gen_toks": 16}


def main() -> None:
    """Do the steps, print what differs, and end with 1 if something does."""
    given = _arguments()
    tasks = given.task or sorted(made_datasets.SWEPT)
    if "data" in given.steps:
        made_datasets.write(given.work / "hub", tasks)
    with _server(given.url, given.model) as (url, endpoint):
        if "plain" in given.steps:
            _run_plain(given, url, tasks)
        if "ours" in given.steps:
            _run_ours(given, endpoint, tasks)
    if "compare" not in given.steps:
        return
    outcomes = _outcomes(given.work, tasks, open_catalog())
    for one in outcomes:
        if one.verdict in ("differs", "only lm_eval runs"):
            print(f"{one.task}: {one.verdict}: {one.our_error}")
            for line in one.difference.differing[:6] if one.difference else ():
                print(f"    {line}")
    print(summary(outcomes))
    if given.page:
        command = "python -m tests.perf.lm_eval_sweep"
        given.page.write_text(page(outcomes, given.server, command), encoding="utf-8")
    sys.exit(any(one.verdict in ("differs", "only lm_eval runs") for one in outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--task", action="append", default=[])
    parser.add_argument("--fewshot", type=int)
    parser.add_argument("--timeout", type=int, default=180)
    parser.add_argument("--batch", type=int, default=1, help="tasks to run at once")
    parser.add_argument("--steps", nargs="+", default=["data", "plain", "ours", "compare"])
    parser.add_argument("--page", type=Path)
    parser.add_argument("--server", default="a server")
    return parser.parse_args()


@contextlib.contextmanager
def _server(url: str, model: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the server's URL, and the words by which our command knows it."""
    if url != "embedded":
        yield url, ["--url", url, "--model", model]
        return
    lease = shared_server.acquire()
    try:
        yield lease.url, ["--endpoint", "embedded"]
    finally:
        lease.close()


def _run_plain(given: argparse.Namespace, url: str, tasks: Sequence[str]) -> None:
    run = PlainRun(
        output=str(given.work.resolve() / "plain"),
        url=url,
        model=given.model,
        tokenizer=str(given.tokenizer.resolve()),
        limit=LIMIT,
        gen=_GEN,
        fewshot=given.fewshot,
        timeout_s=given.timeout,
        batches={},
        tasks_in=None,
    )
    environment = {
        **os.environ,
        **_ENVIRONMENT,
        "PYTHONPATH": os.pathsep.join(map(str, (FEWER_DRAWS, ROOT))),
        "HF_DATASETS_CACHE": str(given.work.resolve() / "cache-plain"),
    }

    def run_batches(batches: dict[str, list[str]]) -> None:
        words = [sys.executable, "-m", "tests.perf.lm_eval_sweep.plain_lm_eval"]
        words.append(json.dumps({**run, "batches": batches}))
        subprocess.run(words, cwd=given.work / "hub", env=environment, check=True)

    _run_all(given.work / "plain", tasks, given.batch, run_batches)


def _run_ours(given: argparse.Namespace, options: Sequence[str], tasks: Sequence[str]) -> None:
    os.environ.update(_ENVIRONMENT)
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (FEWER_DRAWS, ROOT)))
    os.environ["HF_DATASETS_CACHE"] = str(given.work.resolve() / "cache-ours")
    ours = OurRun(
        datasets=given.work.resolve() / "hub",
        options=(*options, "--tokenizer", str(given.tokenizer.resolve())),
        limit=LIMIT,
        gen=_GEN,
        fewshot=given.fewshot,
        timeout_s=given.timeout,
    )

    def run_batches(batches: dict[str, list[str]]) -> None:
        for name, batch in batches.items():
            ours.run(batch, given.work / "ours" / name)
            print(name, flush=True)

    _run_all(given.work / "ours", tasks, given.batch, run_batches)


def _run_all(
    folder: Path, tasks: Sequence[str], size: int, run: Callable[[dict[str, list[str]]], None]
) -> None:
    """Run the tasks in batches of `size`, and those of a batch that fails one by one.

    A file in each task's folder names the batch that it ran in.
    """
    for name in (*tasks, *(f"{_BATCH_OF}{task}" for task in tasks)):
        shutil.rmtree(folder / name, ignore_errors=True)
    if size > 1:
        parts = [list(tasks[at : at + size]) for at in range(0, len(tasks), size)]
        batches = {f"{_BATCH_OF}{part[0]}": part for part in parts}
        run(batches)
    else:
        batches = {}
    left = list(tasks)
    for name, batch in batches.items():
        if not _error(folder / name):
            left = [task for task in left if task not in batch]
        for task in batch:
            (folder / task).mkdir(parents=True, exist_ok=True)
            (folder / task / _BATCH).write_text("" if task in left else name, encoding="utf-8")
    run({task: [task] for task in left})


def _place(folder: Path, task: str) -> Path:
    """Return the folder with the task's files."""
    batch = folder / task / _BATCH
    name = batch.read_text(encoding="utf-8") if batch.is_file() else ""
    return folder / (name or task)


def _outcomes(work: Path, tasks: Sequence[str], catalog: Catalog) -> list[Outcome]:
    outcomes = []
    for task in tasks:
        path = catalog.find(task).path
        config = read_config(path)
        theirs, ours = (_place(work / side, task) for side in ("plain", "ours"))
        their_error, our_error = (
            _error(place).replace(str(work.resolve()), "WORK") for place in (theirs, ours)
        )
        both = not their_error and not our_error
        outcomes.append(
            Outcome(
                task=task,
                folder=Path(path).relative_to(lm_eval_tasks()).parts[0],
                kind=str(config.get("output_type") or "generate_until").replace("_", " "),
                difference=compare(theirs, ours, task) if both else None,
                their_error=their_error,
                our_error=our_error,
            )
        )
    return outcomes


def _error(folder: Path) -> str:
    path = folder / "error.txt"
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    return "" if any(folder.rglob("results_*.json")) else "no results"


if __name__ == "__main__":
    main()
