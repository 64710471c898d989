"""Putting a suite to a model, and its outputs to judges: a stream of events and nothing else."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from stack_tui.endpoints.client import Client
from stack_tui.runs.events import Answer, Event, Planned, Prefix, SampleKey, TaskPlan
from stack_tui.suites.asking import Asker
from stack_tui.suites.case import Suite, criteria_of
from stack_tui.suites.crowd import Crowd, Job
from stack_tui.suites.outcome import is_judged, prefix_id, take_sample
from stack_tui.suites.remembered import Remembered
from stack_tui.suites.take import Take


async def evaluate(
    suite: Suite,
    model: Client | Remembered,
    judges: Sequence[Client],
    *,
    takes: Sequence[Take],
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
    left_out = model.unanswered(suite, takes) if isinstance(model, Remembered) else {}
    yield _planned(suite, takes, judges, left_out, remembered=isinstance(model, Remembered))
    if prefix := prefix_id(suite):
        yield Prefix(at=time.time(), id=prefix, text=suite.system)
    clients = list(dict.fromkeys(judges if isinstance(model, Remembered) else (model, *judges)))
    crowd = Crowd(clients, stopping)
    askers = {client: Asker(client, recorded, crowd.tell) for client in clients}
    asked = model if isinstance(model, Remembered) else askers[model]
    panel = [askers[judge] for judge in judges]

    def jobs() -> Iterator[Job]:
        for take in takes:
            for place, case in enumerate(suite.cases):
                key = take.key(suite, case)
                if key not in done and key not in left_out:
                    yield partial(take_sample, suite, place, take, asked, panel)

    async with aclosing(crowd.events(jobs())) as events:
        async for event in events:
            yield event


def _planned(
    suite: Suite,
    takes: Sequence[Take],
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
