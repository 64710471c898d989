"""One run's way from documents to samples: what was built, what is asked, what is scored."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress

import msgspec

from stack_tui.benchmarks import sanity
from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.document_preparation import Prepared, Preparer, refuse_cut
from stack_tui.benchmarks.document_samples import failed_sample, scored_sample
from stack_tui.benchmarks.forecast import Forecast
from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.harness_client import HarnessProcess
from stack_tui.benchmarks.harness.protocol import AllSent, Concluded, Documents, Loaded, Scored
from stack_tui.benchmarks.request_scoring import RequestScorer, Sent
from stack_tui.benchmarks.schedule import Schedule
from stack_tui.benchmarks.scoring import agreement_check, methods
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.errors import StackError
from stack_tui.runs.events import (
    Answer,
    Event,
    Planned,
    Prefix,
    RecordScores,
    Sample,
    SampleKey,
    TaskPlan,
)

_WAITING = 4
_FAILED_IN_A_ROW = 32
_ENDING = frozenset({"auth", "connection"})


class BenchmarkPipeline:
    """Runs the stages beside each other, and hands out their events in the order they happen."""

    def __init__(
        self,
        harness: HarnessProcess,
        preparer: Preparer,
        asker: RequestScorer,
        catalog: Catalog,
        done: Collection[SampleKey],
        left: Collection[SampleKey],
        stopping: asyncio.Event,
        conclude: protocol.Conclude,
    ) -> None:
        self._harness = harness
        self._preparer = preparer
        self._asker = asker
        self._catalog = catalog
        self._done = done
        self._left = left
        self._stopping = stopping
        self._conclude = conclude
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._batches: asyncio.Queue[Documents | None] = asyncio.Queue()
        self._schedule: Schedule[Prepared] = Schedule()
        self._changed = asyncio.Event()
        self._plans: dict[str, TaskPlan] = {}
        self._all_loaded = False
        self._forecast = Forecast(asker)
        self._foretold: set[str] = set()
        self._routes: dict[str, str] = {}
        self._total: int | None = None
        self._settled = 0
        self._scoring: dict[tuple[str, int], Sent] = {}
        self._answered = 0
        self._failed_in_a_row = 0
        self._fatal: EndpointError | None = None
        self._sanity = sanity.Sanity()
        self._concluded = asyncio.Event()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield the run's events; raises StackError where it cannot go on."""
        stages = asyncio.create_task(self._run_stages())
        stages.add_done_callback(lambda _: self._events.put_nowait(None))
        try:
            while (event := await self._events.get()) is not None:
                yield event
            await stages
        finally:
            stages.cancel()
            with suppress(asyncio.CancelledError, StackError):
                await stages

    async def _run_stages(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._receive()), group.create_task(self._watch())]
                preparing = group.create_task(self._prepare())
                await self._ask_all(preparing)
                await self._finish()
                for helper in (*helpers, preparing):
                    helper.cancel()
        except BaseExceptionGroup as errors:  # Python 3.11.2 wraps what except* raises
            expected = errors.subgroup(StackError)
            if expected is None:
                raise
            raise _first(expected) from None

    async def _watch(self) -> None:
        await self._stopping.wait()
        self._changed.set()

    def _emit(self, event: Event) -> None:
        self._events.put_nowait(event)

    async def _receive(self) -> None:
        while not self._concluded.is_set():
            message = await self._harness.receive()
            match message:
                case Loaded():
                    self._take_plan(message)
                case Documents():
                    self._batches.put_nowait(message)
                case AllSent():
                    self._total = message.documents
                    self._batches.put_nowait(None)
                case Scored():
                    self._take_score(message)
                case Concluded():
                    self._emit(
                        RecordScores(
                            at=time.time(),
                            results=message.results,
                            table=message.table,
                            missing=message.missing,
                        )
                    )
                    self._concluded.set()
            self._changed.set()

    def _take_plan(self, message: Loaded) -> None:
        self._all_loaded = message.complete
        for plan in message.tasks:
            foretold = self._plans[plan.name].requests if plan.name in self._foretold else None
            self._plans[plan.name] = msgspec.structs.replace(
                plan, requests=foretold or plan.requests
            )
            if plan.name in self._catalog.entries:
                facts = self._catalog.facts(plan.name)
                self._routes.setdefault(
                    plan.name, methods.expected_route(facts, self._asker.abilities) or ""
                )
        self._emit_plan()

    def _emit_plan(self) -> None:
        tasks = tuple(
            msgspec.structs.replace(plan, route=self._routes.get(name, ""))
            for name, plan in self._plans.items()
        )
        self._sanity.plan(tasks)
        self._emit(Planned(at=time.time(), tasks=tasks, partial=not self._all_loaded))

    async def _prepare(self) -> None:
        """Make tokens of each batch and put it on the schedule; the first of a task is checked."""
        checked = False
        first = True
        while (batch := await self._batches.get()) is not None:
            for name, text in batch.prefixes.items():
                self._preparer.prefixes[name] = text
                self._emit(Prefix(at=time.time(), id=name, text=text))
            prepared = await self._preparer.prepare(batch.documents)
            if first:
                refuse_cut(prepared)
                first = False
            if not checked and any(one.route == "letters" for one in prepared):
                checked = True
                finding = await agreement_check.check(self._asker, prepared)
                if finding is not None:
                    self._emit(finding)
                    self._preparer.letters_agree = False
                    prepared = await self._preparer.prepare(batch.documents)
            await self._note_route(prepared)
            for one in prepared:
                if (one.document.task, str(one.document.shown), 0, None) in self._left:
                    self._settled += 1
                else:
                    self._schedule.add(one.document.prefix, one.document.task, one)
            self._changed.set()

    async def _note_route(self, prepared: list[Prepared]) -> None:
        name, route = prepared[0].document.task, prepared[0].route
        foretold = route != "forced" or name in self._foretold
        if foretold and self._routes.get(name) == route:
            return
        self._routes[name] = route
        if not foretold:
            self._foretold.add(name)
            plan = self._plans[name]
            requests, finding = await self._forecast.tell(prepared, plan.samples)
            self._plans[name] = msgspec.structs.replace(plan, requests=requests)
            self._emit(finding)
        self._emit_plan()

    async def _ask_all(self, preparing: "asyncio.Task[None]") -> None:
        """Ask what is on the schedule, as many at once as the endpoint's limit lets in."""
        asking: set[asyncio.Task[None]] = set()
        limit = self._asker.client.limit
        while not self._stopping.is_set():
            self._changed.clear()
            if self._fatal is not None:
                for task in asking:
                    task.cancel()
                raise self._fatal
            while len(asking) < limit.current + _WAITING:
                following = self._schedule.next(ahead=2 * limit.current)
                if following is None:
                    break
                task = asyncio.create_task(self._ask(following))
                asking.add(task)
                task.add_done_callback(asking.discard)
            if preparing.done() and not self._schedule.waiting and not asking:
                break
            await self._changed.wait()
        await self._drain(asking)

    async def _drain(self, asking: set["asyncio.Task[None]"]) -> None:
        """Finish what is in flight; what only waits for a paused endpoint's slot is let go."""
        limit = self._asker.client.limit
        while asking:
            await asyncio.wait(asking, timeout=0.2)
            if limit.paused and limit.in_flight == 0:
                for task in asking:
                    task.cancel()
                await asyncio.wait(asking)

    async def _ask(self, prepared: Prepared) -> None:
        document = prepared.document
        try:
            sent = await self._asker.ask(prepared, self._record)
        except EndpointError as error:
            self._failed_in_a_row += 1
            self._settle(failed_sample(prepared, error.failure()))
            if error.kind in _ENDING or self._failed_in_a_row >= _FAILED_IN_A_ROW:
                self._fatal = error
        else:
            if sent.asked:
                self._failed_in_a_row = 0
            self._answered += 1
            self._scoring[document.task, document.doc] = sent
            self._harness.send(
                protocol.Answered(task=document.task, doc=document.doc, values=sent.values)
            )
        finally:
            self._schedule.lead(document.prefix)
            asyncio.get_running_loop().call_soon(self._changed.set)

    def _record(self, answer: Answer) -> None:
        self._emit(answer)

    def _take_score(self, message: Scored) -> None:
        sent = self._scoring.pop((message.task, message.doc))
        sample = scored_sample(sent, message)
        known = sample.key in self._done and not sent.asked
        self._settle(sample, known=known)

    def _settle(self, sample: Sample, *, known: bool = False) -> None:
        """Count the sample, and emit it unless the journal has it, with what it brings to light."""
        self._settled += 1
        if not known:
            self._emit(sample)
        for finding in self._sanity.add(sample):
            if not known:
                self._emit(finding)

    async def _finish(self) -> None:
        """Wait for the scores of what was answered; where nothing was left out, conclude."""
        while self._scoring or (not self._stopping.is_set() and self._settled != self._total):
            self._changed.clear()
            await self._changed.wait()
        if self._stopping.is_set():
            return
        for finding in self._sanity.conclude():
            self._emit(finding)
        if self._answered:
            self._harness.send(self._conclude)
            await self._concluded.wait()


def _first(errors: "BaseExceptionGroup[StackError]") -> StackError:
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, StackError)
    return found
