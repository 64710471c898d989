"""A benchmark run's four stages side by side: receive, prepare, ask, score."""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from stack_tui.benchmarks import sanity
from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import AHEAD, Conclude, Documents, Scored
from stack_tui.benchmarks.pipeline.ask_stage import AskStage
from stack_tui.benchmarks.pipeline.prepare_stage import PrepareStage
from stack_tui.benchmarks.pipeline.receive_stage import receive
from stack_tui.benchmarks.pipeline.schedule import Schedule
from stack_tui.benchmarks.pipeline.score_stage import ScoreStage
from stack_tui.benchmarks.pipeline.task_plans import TaskPlans
from stack_tui.benchmarks.prepared_document import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.runner.stream import Emit, Stream
from stack_tui.runs.events import RecordScores, Sample, SampleKey


@dataclass(frozen=True)
class Workers:
    """Who does the work of a run's stages: lm-eval's process, tokens and routes, requests."""

    harness: HarnessProcess
    preparer: Preparer
    scorer: RequestScorer


async def run_stages(
    workers: Workers,
    catalog: Catalog,
    conclude: Conclude,
    *,
    done: Mapping[SampleKey, Sample],
    left: Collection[SampleKey],
    stopping: asyncio.Event,
    emit: Emit,
    bos_missing: bool = False,
) -> None:
    """Run the stages until every document has its sample, and compute the scores of record.

    Each stage ends when the stream before it ends, so nothing is left to wait for. Once `stopping`
    is set the requests in flight are finished and scored, and there are no scores of record.
    Raises StackError if the run cannot go on.
    """
    harness = workers.harness
    checks = sanity.Sanity(bos_missing=bos_missing)
    documents: Stream[Documents] = Stream(AHEAD)
    scores: Stream[Scored] = Stream(AHEAD)
    schedule: Schedule[Prepared] = Schedule()
    plans = TaskPlans(catalog, workers.scorer, checks, emit)
    preparing = PrepareStage(harness, workers.preparer, workers.scorer, plans, left, schedule, emit)
    scoring = ScoreStage(harness, checks, done, emit)
    asking = AskStage(workers.scorer, schedule, scoring, stopping, emit)
    async with asyncio.TaskGroup() as group:
        receiver = group.create_task(receive(harness, plans, documents, scores))
        preparer = group.create_task(preparing.run(documents))
        group.create_task(asking.run())
        answered = await scoring.run(scores)
        if not stopping.is_set():
            for finding in checks.conclude():
                await emit(finding)
            if answered:
                harness.send(conclude)
                final = await receiver
                await emit(
                    RecordScores(
                        at=time.time(),
                        results=final.results,
                        table=final.table,
                        missing=final.missing,
                    )
                )
        receiver.cancel()
        preparer.cancel()
