"""What our own processes cost on a whole benchmark, against a server without latency. By hand:

    python -m tests.perf.client_cost TOKENIZER_DIR DATASETS_DIR [TASK] [FEWSHOT]

Prints seconds from the start of this command to the first request, to the last answer and to the
end, and the greatest resident memory of our processes together (the server's is not counted).
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_STARTED = time.time()


def main() -> None:
    """Run the benchmark once and print what it took."""
    tokenizer, datasets, *rest = sys.argv[1:]
    task, fewshot = (*rest, "mmlu", "5")[:2] if len(rest) < 2 else rest[:2]
    command = [sys.executable, "-m", "tests.perf.stub_server", tokenizer]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    ended, peak = threading.Event(), [0]
    watcher = threading.Thread(target=_watch, args=(ended, peak, server.pid))
    watcher.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            took = asyncio.run(_run(port, task, int(fewshot), datasets, Path(folder)))
    finally:
        ended.set()
        watcher.join()
        server.kill()
    print(json.dumps(took | {"peak_rss_mb": round(peak[0] / 2**20)}, indent=1))


async def _run(port: int, task: str, fewshot: int, datasets: str, folder: Path) -> dict[str, float]:
    from stack_tui.benchmarks.benchmark_evaluation import evaluate
    from stack_tui.config.decode import Endpoint
    from stack_tui.endpoints.connect import connect
    from stack_tui.endpoints.probe import Capabilities, preflight
    from stack_tui.endpoints.transport import AiohttpTransport
    from stack_tui.runs.events import Answer, RecordScores
    from stack_tui.runs.journal import Journal
    from stack_tui.runs.spec import BenchmarkSubject, RunSpec

    endpoint = Endpoint(name="stub", url=f"http://127.0.0.1:{port}/v1", model="stub")
    benchmark = BenchmarkSubject(tasks=(task,), fewshot=fewshot, datasets=datasets)
    spec = RunSpec(id="stub", created="", endpoint=endpoint, subject=benchmark)
    abilities = Capabilities(completions=True, token_prompts=True, named_token_ids=True)
    took: dict[str, float] = {}
    answers = 0
    with Journal(folder / "journal.jsonl") as journal:
        async with connect(endpoint, transport=AiohttpTransport()) as client:
            health = await preflight(client)
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
            async for event in events:
                journal.append(event)
                if isinstance(event, Answer):
                    answers += 1
                    took.setdefault("first_request_s", event.at - event.latency_s - _STARTED)
                    took["last_answer_s"] = event.at - _STARTED
                if isinstance(event, RecordScores):
                    took["end_to_end_s"] = time.time() - _STARTED
    return {name: round(value, 1) for name, value in took.items()} | {"answers": answers}


def _watch(ended: threading.Event, peak: list[int], other_than: int) -> None:
    while not ended.wait(0.2):
        peak[0] = max(peak[0], sum(map(_resident, _family(os.getpid(), other_than))))


def _family(pid: int, other_than: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            if child != other_than:
                found += _family(child, other_than)
    return found


def _resident(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
