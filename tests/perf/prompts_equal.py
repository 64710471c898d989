"""Prove that a benchmark's requests are unmodified lm-eval's, every one. Run by hand:

    python -m tests.perf.prompts_equal DATASETS_DIR TASK=FEWSHOT...

Each side runs in a process of its own: lm-eval's own `build_all_requests`, and what our harness
hands out. Prints, for each task, how many requests there are and a hash of them all, in order.
"""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

Sums = dict[str, tuple[int, str]]


def main() -> None:
    """Compare both sides of every task; end with 1 where one differs."""
    if sys.argv[1] == "--lm-eval":
        print(json.dumps(_theirs(sys.argv[2:])))
        return
    folder, *wanted = sys.argv[1:]
    theirs, theirs_s = _asked("--lm-eval", folder, wanted)
    began = time.monotonic()
    ours: Sums = {}
    for one in wanted:
        task, _, fewshot = one.partition("=")
        ours |= asyncio.run(_ours(Path(folder), task, int(fewshot) if fewshot else None))
    ours_s = time.monotonic() - began
    for name in sorted(theirs.keys() | ours.keys()):
        count, digest = ours.get(name, (0, ""))
        same = theirs.get(name) == (count, digest)
        print(f"{name:<45} {count:>6} {digest[:16]} {'equal' if same else 'DIFFERENT'}")
    print(f"{sum(count for count, _ in ours.values()):,} requests; lm-eval built them in", end=" ")
    print(f"{theirs_s:.1f} s, ours in {ours_s:.1f} s, loading included")
    sys.exit(theirs != ours)


def _asked(side: str, folder: str, wanted: list[str]) -> tuple[Sums, float]:
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.perf.prompts_equal", side, *wanted]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": root, "TQDM_DISABLE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE)
    sums = json.loads(done.stdout.splitlines()[-1])
    return {name: (count, digest) for name, (count, digest) in sums.items()}, (
        time.monotonic() - began
    )


def _theirs(wanted: list[str]) -> Sums:
    from lm_eval.api.group import Group
    from lm_eval.tasks import TaskManager

    manager = TaskManager()
    sums: Sums = {}
    for one in wanted:
        name, _, fewshot = one.partition("=")
        loaded = manager.load([name])
        tasks: list[Any] = []
        for item in (*loaded["tasks"].values(), *loaded["groups"].values()):
            tasks += item.get_all_tasks() if isinstance(item, Group) else [item]
        for task in {task.config.task: task for task in tasks}.values():
            if fewshot and task.get_config("num_fewshot") != 0:
                task.set_config("num_fewshot", int(fewshot))
            elif task.get_config("num_fewshot") is None:
                task.set_config("num_fewshot", 0)
            task.set_fewshot_seed(seed=1234)
            task.build_all_requests(rank=0, world_size=1)
            made = sorted(task.instances, key=lambda one: (one.doc_id, one.idx))
            rows = [
                _row(
                    each.request_type,
                    each.args[0],
                    each.args[1] if len(each.args) > 1 else "",
                )
                for each in made
            ]
            sums[str(task.config.task)] = _sum(rows)
    return sums


async def _ours(folder: Path, task: str, fewshot: int | None) -> Sums:
    from stack_tui.benchmarks.catalog.catalog import open_catalog
    from stack_tui.benchmarks.harness import harness_client, protocol
    from stack_tui.runs.spec import BenchmarkSubject

    spec = BenchmarkSubject(tasks=(task,), fewshot=fewshot, datasets=str(folder))
    catalog = open_catalog(None)
    rows: dict[str, list[tuple[int, list[bytes]]]] = {}
    prefixes: dict[str, str] = {}
    async with harness_client.start(offline=True, log=lambda _: None) as harness:
        harness.send(protocol.Open(spec=spec, entries=catalog.needed(spec.tasks)))
        while not isinstance(message := await harness.receive(), protocol.AllSent):
            if not isinstance(message, protocol.Documents):
                continue
            harness.send(protocol.More())
            prefixes |= message.prefixes
            for document in message.documents:
                shared = prefixes[document.prefix] if document.prefix else ""
                made = [
                    _row(*_described(request, document, shared)) for request in document.requests
                ]
                rows.setdefault(document.task, []).append((document.doc, made))
    return {
        name: _sum([row for _, made in sorted(found) for row in made])
        for name, found in rows.items()
    }


def _described(request: Any, document: Any, shared: str) -> tuple[str, str, Any]:
    from stack_tui.benchmarks.harness import protocol

    context = shared + document.contexts[request.context]
    if isinstance(request, protocol.TextRequest):
        return "generate_until", context, request.gen
    if isinstance(request, protocol.RollingRequest):
        return "loglikelihood_rolling", context, ""
    return "loglikelihood", context, request.continuation


def _row(kind: str, context: str, more: Any) -> bytes:
    return json.dumps([kind, context, more], sort_keys=True, ensure_ascii=False).encode()


def _sum(rows: list[bytes]) -> tuple[int, str]:
    return len(rows), hashlib.sha256(b"\n".join(rows)).hexdigest()


if __name__ == "__main__":
    main()
