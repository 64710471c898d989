"""A benchmark run's four stages side by side: receive, prepare, ask, score."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass

from stack_tui.benchmarks import sanity
from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import AHEAD, Conclude, Concluded, Documents, Scored
from stack_tui.benchmarks.pipeline.ask_stage import AskStage
from stack_tui.benchmarks.pipeline.prepare_stage import PrepareStage
from stack_tui.benchmarks.pipeline.receive_stage import receive
from stack_tui.benchmarks.pipeline.schedule import Schedule
from stack_tui.benchmarks.pipeline.score_stage import SCORING_TIMEOUT_S, ScoreStage
from stack_tui.benchmarks.pipeline.task_plans import TaskPlans
from stack_tui.benchmarks.prepared_document import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.runner.stream import Emit, Stream
from stack_tui.runner.watchdog import Wait, Watchdog
from stack_tui.runs.events import RecordScores, Sample, SampleKey

# What a stop leaves to lm-eval: thousands of answers are scored in it, and a stuck metric is not
# waited for.
_GRACE_S = 5.0


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
    is set the requests in flight are finished. Then lm-eval has a few seconds to score them, or to
    compute the scores of record if it was about to: whatever it does, it holds up no stop.
    Raises StackError if the run cannot go on.
    """
    harness = workers.harness
    checks = sanity.Sanity(bos_missing=bos_missing)
    documents: Stream[Documents] = Stream(AHEAD)
    scores: Stream[Scored] = Stream(AHEAD)
    schedule: Schedule[Prepared] = Schedule()
    plans = TaskPlans(catalog, workers.scorer, checks, emit)
    preparing = PrepareStage(harness, workers.preparer, workers.scorer, plans, left, schedule, emit)
    watchdog = Watchdog(emit)
    scoring = ScoreStage(harness, checks, done, stopping, watchdog, emit)
    asking = AskStage(workers.scorer, schedule, scoring, stopping, emit)
    async with asyncio.TaskGroup() as group:
        receiver = group.create_task(receive(harness, plans, documents, scores))
        preparer = group.create_task(preparing.run(_watched(documents, watchdog)))
        asker = group.create_task(asking.run())
        scorer = group.create_task(scoring.run(scores))
        deadline = group.create_task(_deadline(stopping, asker))
        watching = group.create_task(watchdog.run())
        await asyncio.wait((scorer, deadline), return_when=asyncio.FIRST_COMPLETED)
        if scorer.done() and not stopping.is_set():
            for finding in checks.conclude():
                await emit(finding)
            if scorer.result():
                harness.send(conclude)
                with watchdog.waiting(SCORING_TIMEOUT_S, _wait_for_final_scores):
                    await asyncio.wait((receiver, deadline), return_when=asyncio.FIRST_COMPLETED)
                if receiver.done():
                    await emit(_record_scores(receiver.result()))
        for task in (receiver, preparer, scorer, deadline, watching):
            task.cancel()


async def _deadline(stopping: asyncio.Event, asker: asyncio.Task[None]) -> None:
    """Return when a stopped run must end: a few seconds after the last request in flight."""
    await stopping.wait()
    await asyncio.wait((asker,))
    await asyncio.sleep(_GRACE_S)


async def _watched(documents: Stream[Documents], watchdog: Watchdog) -> AsyncIterator[Documents]:
    """Yield the batches of documents; a batch that does not come is named by a finding."""
    while True:
        with watchdog.waiting(SCORING_TIMEOUT_S, _wait_for_documents):
            try:
                batch = await anext(documents)
            except StopAsyncIteration:
                return
        yield batch


def _wait_for_documents() -> Wait:
    return Wait(
        task="all tasks",
        what="loading a task or building its prompts",
        cause="A large dataset is being downloaded or processed, or the task's own code is stuck;"
        " worker.log holds what it printed.",
    )


def _wait_for_final_scores() -> Wait:
    return Wait(
        task="all tasks",
        what="computing the final scores",
        cause="Standard errors by bootstrap take long for a slow metric; worker.log holds what was"
        " printed. If you stop the run, the answers stay, and `resume` computes the scores.",
    )


def _record_scores(final: Concluded) -> RecordScores:
    return RecordScores(
        at=time.time(), results=final.results, table=final.table, missing=final.missing
    )
