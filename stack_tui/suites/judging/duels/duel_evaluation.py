"""Putting two runs' outputs to judges, in both orders: a stream of events and nothing else."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from stack_tui.endpoints.client import Client
from stack_tui.runner.sample_runner import SampleJob, SampleRunner
from stack_tui.runs.duel_data import DuelData, Match, matches
from stack_tui.runs.duel_verdicts import TIE, winner
from stack_tui.runs.events import Answer, Event, JudgeScore, Planned, Sample, SampleKey, TaskPlan
from stack_tui.suites.judging import judge_prompt as judging
from stack_tui.suites.judging.duels.duel_judge import ask_preference
from stack_tui.suites.model_client import ModelClient


async def evaluate(
    contest: DuelData,
    judges: Sequence[Client],
    *,
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield what happens: each answer before what rests on it, each match when it is settled.

    Answers in `recorded`, by key, are not asked for again; matches in `done` are left out. Once
    `stopping` is set nothing more is sent, what is in flight is yielded, and the stream ends.
    """
    yield _planned(contest, judges)
    crowd = SampleRunner(judges, stopping)
    panel = [ModelClient(judge, recorded, crowd.tell) for judge in judges]
    found, _ = matches(contest)

    def jobs() -> Iterator[SampleJob]:
        for match in (match for pair in found.values() for match in pair):
            if match.key not in done:
                yield partial(_take, match, panel, contest.judge_max_tokens)

    async with aclosing(crowd.events(jobs())) as events:
        async for event in events:
            yield event


async def _take(match: Match, panel: Sequence[ModelClient], max_tokens: int) -> Sample:
    """Return the match's outcome; outputs that are the same tie, and nobody is asked."""
    verdicts: list[JudgeScore] = []
    if not _same(match):
        rulings = (
            ask_preference(judge, match, first, max_tokens)
            for judge in panel
            for first in (match.a, match.b)
        )
        for answer in await asyncio.gather(*rulings, return_exceptions=True):
            if isinstance(answer, BaseException):
                raise answer
            verdicts.append(answer)
    won = winner(verdicts, match.a, match.b) if verdicts else TIE
    bout = match.bout
    return Sample(
        at=time.time(),
        task=match.task,
        id=bout.id,
        place=bout.place,
        repeat=bout.repeat,
        temperature=bout.temperature,
        cluster=bout.cluster,
        holdout=bout.holdout,
        status="ok" if won else "unscored",
        prompt=match.case.input,
        labels=bout.labels,
        flags=tuple(_flags(match)),
        verdicts=tuple(verdicts),
        outputs={match.a: match.outputs[0], match.b: match.outputs[1]},
        winner=won,
    )


def _same(match: Match) -> bool:
    return match.outputs[0].strip() == match.outputs[1].strip()


def _flags(match: Match) -> Iterator[str]:
    for run, output in zip((match.a, match.b), match.outputs, strict=True):
        yield from (f"{run} {flag}" for flag in judging.flags(output))


def _planned(contest: DuelData, judges: Sequence[Client]) -> Planned:
    found, apart = matches(contest)
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
