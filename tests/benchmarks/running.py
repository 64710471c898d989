"""Carrying out a benchmark in a test: events into a list, as a worker would record them."""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.benchmark_evaluation import evaluate
from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.preflight_checks import tokens_to_try
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.probe import preflight, probe
from stack_tui.endpoints.transport import AiohttpTransport
from stack_tui.runs.events import Answer, Event, Sample, SampleKey
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.view import is_settled
from tests.fakes import Asked, FakeServer
from tests.fakes.replies import Reply

HUB = Path(__file__).parents[3] / "shared" / "hub"
needs_hub = pytest.mark.skipif(not HUB.is_dir(), reason="the datasets in ../shared/hub are absent")


class Disturbance:
    """Replies that begin once the endpoint has been looked at: the run itself is disturbed."""

    def __init__(self, reply: Callable[[Asked], Reply]) -> None:
        self._reply = reply
        self.begun = False

    def __call__(self, asked: Asked) -> Reply:
        """Return the reply, None for what the model says."""
        return self._reply(asked) if self.begun else None


def carry_out(
    server: FakeServer,
    benchmark: BenchmarkSubject,
    folder: Path,
    earlier: Iterable[Event] = (),
    *,
    left: Collection[SampleKey] = (),
    stop_when: Callable[[Event], bool] = lambda event: False,
    disturbance: Disturbance | None = None,
    concurrency: int | None = 8,
    catalog: Catalog | None = None,
) -> list[Event]:
    """Return the events of the run, the earlier ones resumed from and not among them."""

    async def run() -> list[Event]:
        endpoint = Endpoint(name="fake", url=server.url, model=server.model)
        spec = RunSpec(id="test", created="", endpoint=endpoint, subject=benchmark)
        recorded = {one.key: one for one in earlier if isinstance(one, Answer)}
        done = {one.key: one for one in earlier if isinstance(one, Sample) and is_settled(one)}
        stopping = asyncio.Event()
        events = []
        limit = Limit(concurrency)
        async with connect(endpoint, limit=limit, transport=AiohttpTransport()) as client:
            abilities, health = (
                await probe(client, tokens=await tokens_to_try(benchmark)),
                await preflight(client),
            )
            if disturbance:
                disturbance.begun = True
            async for event in evaluate(
                spec,
                client,
                abilities,
                health,
                catalog=catalog,
                lm_eval_folder=folder / "lm-eval",
                recorded=recorded,
                done=done,
                left=left,
                stopping=stopping,
            ):
                events.append(event)
                if stop_when(event):
                    stopping.set()
        return events

    return asyncio.run(run())


def samples_files(folder: Path) -> dict[tuple[str, int, str], dict[str, Any]]:
    """Return the rows of lm-eval's samples files by task, document and filter."""
    rows = {}
    for path in folder.rglob("samples_*.jsonl"):
        task = path.name.removeprefix("samples_").split("_2")[0]
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows[task, row["doc_id"], row["filter"]] = row
    return rows


def results_files(folder: Path) -> dict[str, Any]:
    """Return what lm-eval's results files say of each task and group."""
    found: dict[str, Any] = {}
    for path in folder.rglob("results_*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        for part in ("results", "versions", "n-shot", "n-samples", "higher_is_better"):
            found.setdefault(part, {}).update(results[part])
    return found
