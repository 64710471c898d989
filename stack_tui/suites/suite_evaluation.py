"""Putting a suite to a model, and its outputs to judges: a stream of events and nothing else."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from stack_tui.endpoints.client import Client
from stack_tui.runner.sample_runner import SampleJob, SampleRunner
from stack_tui.runs.events import Answer, Event, Planned, Prefix, SampleKey, TaskPlan
from stack_tui.suites.attempts import Attempt
from stack_tui.suites.model.case import Suite, criteria_of
from stack_tui.suites.model_client import ModelClient
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.suites.sample_outcome import is_judged, prefix_id, run_attempt


async def evaluate(
    suite: Suite,
    model: Client | RecordedModel,
    judges: Sequence[Client],
    *,
    takes: Sequence[Attempt],
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield what happens: each answer before what rests on it, each sample when it is settled.

    Every case is asked in each of the `takes`. Answers in `recorded`, by key, are not asked for
    again; samples in `done` are left out. Once `stopping` is set nothing more is sent, what is in
    flight is yielded, and the stream ends. Of a model that is only remembered, what it has not
    answered is left out.
    """
    left_out = model.unanswered(suite, takes) if isinstance(model, RecordedModel) else {}
    yield _planned(suite, takes, judges, left_out, remembered=isinstance(model, RecordedModel))
    if prefix := prefix_id(suite):
        yield Prefix(at=time.time(), id=prefix, text=suite.system)
    clients = list(dict.fromkeys(judges if isinstance(model, RecordedModel) else (model, *judges)))
    crowd = SampleRunner(clients, stopping)
    askers = {client: ModelClient(client, recorded, crowd.tell) for client in clients}
    asked = model if isinstance(model, RecordedModel) else askers[model]
    panel = [askers[judge] for judge in judges]

    def jobs() -> Iterator[SampleJob]:
        for take in takes:
            for place, case in enumerate(suite.cases):
                key = take.key(suite, case)
                if key not in done and key not in left_out:
                    yield partial(run_attempt, suite, place, take, asked, panel)

    async with aclosing(crowd.events(jobs())) as events:
        async for event in events:
            yield event


def _planned(
    suite: Suite,
    takes: Sequence[Attempt],
    judges: Sequence[Client],
    left_out: Collection[SampleKey],
    *,
    remembered: bool,
) -> Planned:
    wanted = [
        case for case in suite.cases for take in takes if take.key(suite, case) not in left_out
    ]
    judged = (case for case in wanted if is_judged(suite, case, judges))
    requests = sum(max(1, len(criteria_of(suite, case))) for case in judged) * len(judges)
    if not remembered:
        requests += len(wanted)
    route = "recorded" if remembered else "chat"
    plan = TaskPlan(name=suite.name, samples=len(wanted), requests=requests, route=route)
    return Planned(at=time.time(), tasks=(plan,))
