"""Contests for tests, and a way to put them to judges."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack

from stack_tui.endpoints.client import Client
from stack_tui.runs.duel_data import CaseText, DuelCase, DuelData, DuelEntry
from stack_tui.runs.events import Answer, Event, Sample, SampleKey
from stack_tui.suites.judging.duels.duel_evaluation import evaluate


def contest(*outputs: Sequence[str | None], runs: str = "ab") -> DuelData:
    """A contest of the cases c0, c1, …, with an output of each run for each."""
    bouts = tuple(
        DuelCase(
            id=f"c{place}",
            place=place,
            entries=tuple(
                DuelEntry(run=run, case="x", output=output)
                for run, output in zip(runs, each, strict=True)
            ),
        )
        for place, each in enumerate(outputs)
    )
    cases = {"x": CaseText(input="Say a number.", rubric="The greater number is better.")}
    return DuelData(suite="tiny", runs=tuple(runs), bouts=bouts, cases=cases)


def put(
    asked: DuelData,
    *judges: Client,
    recorded: Mapping[str, Answer] | None = None,
    done: Collection[SampleKey] = (),
) -> list[Event]:
    """Put the contest to the judges; return all that happens."""

    async def collect() -> list[Event]:
        async with AsyncExitStack() as stack:
            for judge in judges:
                await stack.enter_async_context(judge)
            events = evaluate(
                asked, judges, recorded=recorded or {}, done=done, stopping=asyncio.Event()
            )
            return [event async for event in events]

    return asyncio.run(collect())


def matches(events: Sequence[Event]) -> list[Sample]:
    return [event for event in events if isinstance(event, Sample)]
