"""Evaluate a duel: two runs' outputs to judges in both orders, as a stream of events."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from stack_tui.endpoints.client import Client
from stack_tui.errors import Failure
from stack_tui.runner.request_engine import Job, ListedJobs, RequestEngine, gather_all
from stack_tui.runner.stream import Emit, stream_events
from stack_tui.runs.duel_data import DuelData, Match, matches
from stack_tui.runs.duel_verdicts import TIE, winner
from stack_tui.runs.events import Answer, Event, JudgeScore, Planned, Sample, SampleKey, TaskPlan
from stack_tui.suites.judging import judge_prompt as judging
from stack_tui.suites.judging.duels.duel_judge import ask_preference
from stack_tui.suites.model_client import ModelClient


def evaluate(
    data: DuelData,
    judges: Sequence[Client],
    *,
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield the duel's events: each answer before what rests on it, each match when it is final.

    Answers in `recorded`, by key, are reused; matches in `done` are skipped. Set `stopping` to end
    the stream after the requests in flight.
    """

    async def work(emit: Emit) -> None:
        await emit(_planned(data, judges))
        panel = [ModelClient(judge, recorded, emit) for judge in judges]
        found, _ = matches(data)
        jobs = (
            Job(
                partial(_judged, match, panel, data.judge_max_tokens),
                partial(_failed, match),
            )
            for pair in found.values()
            for match in pair
            if match.key not in done
        )
        limits = [judge.limit for judge in judges]
        timeout_s = max(judge.endpoint.timeout_s for judge in judges)
        await RequestEngine(limits, stopping, emit, timeout_s=timeout_s).run(ListedJobs(jobs))

    return stream_events(work)


async def _judged(match: Match, panel: Sequence[ModelClient], max_tokens: int) -> Sample:
    """Return the match's outcome; equal outputs tie without a request."""
    verdicts: list[JudgeScore] = []
    if not _same(match):
        preferences = (
            ask_preference(judge, match, first, max_tokens)
            for judge in panel
            for first in (match.a, match.b)
        )
        verdicts = await gather_all(preferences)
    won = winner(verdicts, match.a, match.b) if verdicts else TIE
    return replace(
        _begun(match),
        status="ok" if won else "unscored",
        flags=tuple(_flags(match)),
        verdicts=tuple(verdicts),
        winner=won,
    )


def _failed(match: Match, failure: Failure) -> Sample:
    return replace(_begun(match), status="error", failure=failure)


def _begun(match: Match) -> Sample:
    """Return what is known of the match before the judges are asked."""
    duel_case = match.duel_case
    return Sample(
        at=time.time(),
        task=match.task,
        id=duel_case.id,
        place=duel_case.place,
        repeat=duel_case.repeat,
        temperature=duel_case.temperature,
        cluster=duel_case.cluster,
        holdout=duel_case.holdout,
        prompt=match.case.input,
        labels=duel_case.labels,
        outputs={match.a: match.outputs[0], match.b: match.outputs[1]},
    )


def _same(match: Match) -> bool:
    return match.outputs[0].strip() == match.outputs[1].strip()


def _flags(match: Match) -> Iterator[str]:
    for run, output in zip((match.a, match.b), match.outputs, strict=True):
        yield from (f"{run} {flag}" for flag in judging.flags(output))


def _planned(data: DuelData, judges: Sequence[Client]) -> Planned:
    found, apart = matches(data)
    tasks = tuple(
        TaskPlan(
            name=name,
            samples=len(pair),
            requests=2 * len(judges) * sum(not _same(match) for match in pair),
            route="chat",
            apart={why: tuple(names) for why, names in apart[name].items()},
        )
        for name, pair in found.items()
    )
    return Planned(at=time.time(), tasks=tasks)
