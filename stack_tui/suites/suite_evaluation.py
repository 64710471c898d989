"""Evaluate a suite: its cases to the model, the outputs to judges, all as a stream of events."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from functools import partial

from stack_tui.endpoints.client import Client
from stack_tui.names import plural
from stack_tui.runner.request_engine import Job, ListedJobs, RequestEngine
from stack_tui.runner.stream import Emit, stream_events
from stack_tui.runs.events import Answer, Event, Finding, Planned, Prefix, SampleKey, TaskPlan
from stack_tui.suites.attempts import Attempt
from stack_tui.suites.model.case import Suite, criteria_of, only_cases
from stack_tui.suites.model_client import ModelClient
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.suites.sample_outcome import failed_attempt, is_judged, prefix_id, run_attempt


def evaluate(
    suite: Suite,
    model: Client | RecordedModel,
    judges: Sequence[Client],
    *,
    only: Collection[str] = (),
    attempts: Sequence[Attempt],
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield the run's events: each answer before what rests on it, each sample when it is final.

    Every case, or those whose ids are in `only`, is put to the model in each of the `attempts`.
    Answers in `recorded`, by key, are reused; samples in `done` are skipped, and so is what a
    RecordedModel has not answered. Set `stopping` to end the stream after the requests in flight.
    """

    async def work(emit: Emit) -> None:
        from_record = isinstance(model, RecordedModel)
        skipped = model.unanswered(suite, attempts) if isinstance(model, RecordedModel) else {}
        chosen = [
            (place, case) for place, case in enumerate(suite.cases) if not only or case.id in only
        ]
        asked = only_cases(suite, only)
        await emit(_planned(asked, attempts, judges, skipped, recorded=from_record))
        if len(chosen) < len(suite.cases):
            await emit(_partial(suite, len(chosen)))
        if prefix := prefix_id(suite):
            await emit(Prefix(at=time.time(), id=prefix, text=suite.system))
        clients = judges if isinstance(model, RecordedModel) else (model, *judges)
        asking = {client: ModelClient(client, recorded, emit) for client in dict.fromkeys(clients)}
        answers = model if isinstance(model, RecordedModel) else asking[model]
        panel = [asking[judge] for judge in judges]

        def jobs() -> Iterator[Job]:
            for attempt in attempts:
                for place, case in chosen:
                    key = attempt.key(suite, case)
                    if key not in done and key not in skipped:
                        yield Job(
                            partial(run_attempt, suite, place, attempt, answers, panel),
                            partial(failed_attempt, suite, place, attempt),
                        )

        limits = [client.limit for client in asking]
        timeout_s = max((client.endpoint.timeout_s for client in asking), default=math.inf)
        await RequestEngine(limits, stopping, emit, timeout_s=timeout_s).run(ListedJobs(jobs()))

    return stream_events(work)


def _partial(suite: Suite, chosen: int) -> Finding:
    return Finding(
        at=time.time(),
        check="selection",
        task=suite.name,
        seen=f"a part of the suite: {chosen:,} of {plural(len(suite.cases), 'case')}",
        cause="the run was started with a choice of cases; its figures are theirs alone",
        level="note",
    )


def _planned(
    suite: Suite,
    attempts: Sequence[Attempt],
    judges: Sequence[Client],
    skipped: Collection[SampleKey],
    *,
    recorded: bool,
) -> Planned:
    wanted = [
        case
        for case in suite.cases
        for attempt in attempts
        if attempt.key(suite, case) not in skipped
    ]
    judged = (case for case in wanted if is_judged(suite, case, judges))
    requests = sum(max(1, len(criteria_of(suite, case))) for case in judged) * len(judges)
    if not recorded:
        requests += len(wanted)
    route = "recorded" if recorded else "chat"
    plan = TaskPlan(name=suite.name, samples=len(wanted), requests=requests, route=route)
    return Planned(at=time.time(), tasks=(plan,))
