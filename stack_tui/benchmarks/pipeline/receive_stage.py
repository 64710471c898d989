"""The first stage: what comes from the harness, to the stage that waits for it."""

from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import (
    AllSent,
    Concluded,
    Documents,
    Loaded,
    Scored,
)
from stack_tui.benchmarks.pipeline.task_plans import TaskPlans
from stack_tui.runner.stream import Stream


async def receive(
    harness: HarnessProcess,
    plans: TaskPlans,
    documents: Stream[Documents],
    scores: Stream[Scored],
) -> Concluded:
    """Hand on the harness's messages; return its last one. Raises HarnessError if it died."""
    while True:
        message = await harness.receive()
        match message:
            case Loaded():
                await plans.load(message)
            case Documents():
                await documents.send(message)
            case AllSent():
                documents.close()
            case Scored():
                await scores.send(message)
            case Concluded():
                return message
