"""Time a benchmark beside lm_eval on one server, and compare every number. Run by hand:

    python -m tests.perf.against_lm_eval URL MODEL TASK --lm-eval PYTHON --tokenizer DIR
        --datasets DIR [--fewshot N] [--limit N] [--concurrency 8]...

PYTHON is an interpreter with `lm-eval[api]` and `transformers`, which lm_eval's own tokenizing
needs. lm_eval goes first, once for each concurrency, and ours after it; the best of lm_eval's times
counts. Servers compute otherwise in other batches: how far lm_eval is from itself is told too.
"""

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from stack_tui.benchmarks.benchmark_evaluation import evaluate
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.probe import preflight, probe
from stack_tui.endpoints.transport import AiohttpTransport
from stack_tui.runs.events import Answer, Planned
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import BenchmarkSubject, RunSpec


def main() -> None:
    """Run both, print what each took, and end with 1 where ours differs more than lm_eval does."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        theirs = {
            concurrency: _run_lm_eval(given, concurrency, folder / str(concurrency))
            for concurrency in given.concurrency
        }
        ours = asyncio.run(_run_ours(given, folder / "ours"))
        samples = [_samples(folder / str(concurrency)) for concurrency in given.concurrency]
        own = [_compare(one, other) for one, other in itertools.pairwise(samples)]
        same = min(
            (_compare(one, _samples(folder / "ours")) for one in samples),
            key=lambda compared: compared["greatest_difference"],
        )
    print(json.dumps({"lm_eval": theirs, "ours": ours, "ours beside it": same}, indent=1))
    print(json.dumps({"lm_eval beside itself, at the next concurrency": own}, indent=1))
    for name in ("requests_s", "end_to_end_s"):
        best = min(times[name] for times in theirs.values())
        print(f"{name}: lm_eval / ours = {best / ours[name]:.2f}")
    noise = max((each["greatest_difference"] for each in own), default=0.0)
    sys.exit(same["greatest_difference"] > max(0.01, noise) or same["prompts_differ"] > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("task")
    parser.add_argument("--lm-eval", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--datasets", type=Path, required=True)
    parser.add_argument("--fewshot", type=int)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[8])
    return parser.parse_args()


def _run_lm_eval(given: argparse.Namespace, concurrency: int, folder: Path) -> dict[str, float]:
    """Return how long lm_eval's command took, and its requests as its own progress bar says."""
    arguments = {
        "model": given.model,
        "base_url": f"{given.url}/completions",
        "tokenizer": given.tokenizer,
        "num_concurrent": concurrency,
        "max_length": 4096,
    }
    command = [given.lm_eval, "-m", "lm_eval", "run", "--model", "local-completions"]
    command += ["--tasks", given.task, "--output_path", str(folder), "--log_samples"]
    command += ["--model_args", ",".join(f"{key}={value}" for key, value in arguments.items())]
    if given.fewshot is not None:
        command += ["--num_fewshot", str(given.fewshot)]
    if given.limit is not None:
        command += ["--limit", str(given.limit)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=given.datasets, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    first = last = began
    said: list[str] = []
    for line in _lines(process.stderr):
        said.append(line)
        if line.startswith("Requesting API"):
            first = time.monotonic() if first == began else first
            last = time.monotonic()
    if process.wait() != 0:
        sys.exit("".join(said[-30:]))
    return {"end_to_end_s": time.monotonic() - began, "requests_s": last - first}


def _lines(stream: Any) -> Any:
    """Yield what tqdm writes, which ends its lines with a carriage return."""
    line = ""
    while sign := stream.read(1):
        line += sign
        if sign in "\r\n":
            yield line
            line = ""


async def _run_ours(given: argparse.Namespace, folder: Path) -> dict[str, float]:
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs yet
    began = time.monotonic()
    benchmark = BenchmarkSubject(
        tasks=(given.task,),
        fewshot=given.fewshot,
        limit=given.limit,
        datasets=str(given.datasets),
    )
    endpoint = Endpoint(name="perf", url=given.url, model=given.model)
    spec = RunSpec(id="perf", created="", endpoint=endpoint, subject=benchmark)
    first = last = 0.0
    requests = 0
    with Journal(folder / "journal.jsonl") as journal:
        async with connect(endpoint, transport=AiohttpTransport()) as client:
            health = await preflight(client)
            client.limit.begin_at(16, health.slots or client.limit.maximum)
            abilities = await probe(client)
            events = evaluate(
                spec,
                client,
                abilities,
                health,
                lm_eval_folder=folder / "lm-eval",
                recorded={},
                done={},
                stopping=asyncio.Event(),
            )
            route = ""
            async for event in events:
                journal.append(event)
                if isinstance(event, Planned):
                    route = event.tasks[0].route
                if isinstance(event, Answer):
                    first = first or event.at - event.latency_s
                    last = event.at
                    requests += 1
            print(
                f"route {route}, {requests} documents asked, at last {client.limit.current} at once"
            )
    return {"end_to_end_s": time.monotonic() - began, "requests_s": last - first}


def _samples(folder: Path) -> dict[tuple[str, int, str], dict[str, Any]]:
    found = {}
    for path in folder.rglob("samples_*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[path.name.split("_2")[0], row["doc_id"], row["filter"]] = row
    return found


def _compare(
    theirs: dict[tuple[str, int, str], dict[str, Any]],
    ours: dict[tuple[str, int, str], dict[str, Any]],
) -> dict[str, Any]:
    """Return how many rows there are, and how far log-probabilities and metrics differ."""
    if theirs.keys() != ours.keys():
        sys.exit(f"other documents: {sorted(theirs.keys() ^ ours.keys())[:5]}")
    greatest, metrics, texts, prompts = 0.0, 0, 0, 0
    for key, row in theirs.items():
        mine = ours[key]
        metrics += any(row[name] != mine[name] for name in row["metrics"])
        prompts += row["prompt_hash"] != mine["prompt_hash"]
        for one, other in zip(row["resps"], mine["resps"], strict=True):
            if isinstance(one[0], list):
                greatest = max(greatest, abs(float(one[0][0]) - float(other[0][0])))
            else:
                texts += one != other
    return {
        "rows": len(theirs),
        "greatest_difference": greatest,
        "metrics_differ": metrics,
        "texts_differ": texts,
        "prompts_differ": prompts,
    }


if __name__ == "__main__":
    main()
