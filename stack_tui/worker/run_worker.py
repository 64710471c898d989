"""Carrying out one run: from its journal as it stands to `finished`, or to a stop."""

import asyncio
import os
import platform
import signal
import time
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from stack_tui import __version__
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds import kind_named
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.probe import Health, preflight
from stack_tui.endpoints.retry import RetryPolicy
from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Event, Fault, Finished, Started, StateChanged
from stack_tui.runs.journal import Journal, Tail
from stack_tui.runs.recorded_run import Recorded, read_recorded
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.store import journal_path, read_spec
from stack_tui.runs.view import RunView
from stack_tui.worker import evaluator, follow_control, run_outcome

_FAULT_REPEAT_S = 10.0
_PREFLIGHT_BUDGET_S = 30.0


class Recorder:
    """Appends each event to the journal and to the view that the worker itself keeps."""

    def __init__(self, journal: Journal, view: RunView) -> None:
        self.journal = journal
        self.view = view
        self._last_fault: dict[str, float] = {}

    def record(self, event: Event) -> None:
        """Append the event; raises OSError where the disk refuses it."""
        self.journal.append(event)
        self.view.apply([event])

    def note_retry(self, endpoint: str, error: EndpointError, wait_s: float) -> None:
        """Record that a request will be sent again, each endpoint and reason at most every 10 s."""
        now = time.time()
        reason = f"{endpoint}: {error.kind}"
        if now - self._last_fault.get(reason, 0.0) >= _FAULT_REPEAT_S:
            self._last_fault[reason] = now
            message = f"{error.what}; asking again in {wait_s:.0f} s"
            self.record(Fault(at=now, where=endpoint, message=message, remedy=error.remedy))

    def begin_again(self, recorded: Recorded) -> None:
        """Record the start of a run on what another one recorded, and what is to be told of it."""
        first = self.view.started is None
        self.record(_started(self.view, recorded.server))
        for fault in recorded.faults if first else ():
            self.record(fault)

    async def sync_each_second(self) -> None:
        """Keep what was recorded durable, until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            await asyncio.to_thread(self.journal.sync)


async def carry_out(folder: Path) -> Finished | None:
    """Carry out the run in `folder`; return how it finished, or None where it was stopped.

    Raises RunBusy where another worker has it, StackError where the spec cannot be read, OSError
    where the disk refuses a record; in each case the journal is whole and can be resumed.
    """
    spec = read_spec(folder)
    with Journal(journal_path(folder)) as journal:
        view = RunView(spec)
        earlier = Tail(journal.path).read()
        view.apply(earlier)
        recorder = Recorder(journal, view)
        own = {event.key: event for event in earlier if isinstance(event, Answer)}
        kept = read_recorded(folder)
        kept = msgspec.structs.replace(kept, answers={**kept.answers, **own})
        try:
            return await _with_endpoints(folder, recorder, kept)
        except StackError as error:
            return run_outcome.failed(recorder.record, error)


async def _with_endpoints(folder: Path, recorder: Recorder, recorded: Recorded) -> Finished | None:
    spec = recorder.view.spec
    async with AsyncExitStack() as stack:
        clients: dict[Endpoint, Client] = {}
        for place, endpoint in enumerate(spec.asked):
            fixed = spec.concurrency if place == 0 else None
            client = connect(
                endpoint,
                limit=Limit(fixed or endpoint.concurrency),
                on_retry=partial(recorder.note_retry, endpoint.name),
            )
            clients[endpoint] = await stack.enter_async_context(client)
        judges = [clients[judge] for judge in spec.judges]
        stopping = asyncio.Event()
        _stop_on_signals(stopping)
        watched: list[Coroutine[None, None, None]] = []
        if spec.origin:
            recorder.begin_again(recorded)
            events = evaluator.graded_again(folder, recorder.view, judges, recorded, stopping)
        else:
            model = clients[spec.endpoint]
            health = await _ready(model, recorder)
            _fit_limit(model.limit, health, spec)
            recorder.record(_started(recorder.view, _server(health)))
            events = await evaluator.events(
                folder, recorder.view, model, health, judges, recorded.answers, stopping
            )
            watched = [follow_control.watch_server(model, health.server_kind, recorder.record)]
        keepers = (
            recorder.sync_each_second(),
            follow_control.follow_control(
                folder, [client.limit for client in clients.values()], stopping, recorder.record
            ),
            *watched,
        )
        await _record_all(events, recorder, keepers)
        if stopping.is_set() and recorder.view.total.done < recorder.view.total.planned:
            recorder.record(StateChanged(at=time.time(), state="stopped"))
            return None
        return await asyncio.to_thread(run_outcome.finish, folder, recorder.view, recorder.record)


def _fit_limit(limit: Limit, health: Health, spec: RunSpec) -> None:
    """Let no more requests out than the server works on at once; in benchmarks begin with many."""
    kind = kind_named(health.server_kind)
    start = (
        kind.many_at_once if kind and isinstance(spec.subject, BenchmarkSubject) else limit.current
    )
    limit.begin_at(start, health.slots or limit.maximum)


async def _ready(model: Client, recorder: Recorder) -> Health:
    """Return the model's health; what a server's bad moment explains is tried again for a while."""
    policy = RetryPolicy(budget_s=_PREFLIGHT_BUDGET_S)
    began = time.monotonic()
    failures = 0
    while True:
        try:
            return await preflight(model)
        except EndpointError as error:
            failures += 1
            wait_s = policy.wait_s(error, failures, failures, time.monotonic() - began)
            if wait_s is None or error.kind == "connection":
                raise
            recorder.note_retry(model.endpoint.name, error, wait_s)
            await asyncio.sleep(wait_s)


async def _record_all(
    events: AsyncGenerator[Event, None],
    recorder: Recorder,
    keepers: Iterable[Coroutine[None, None, None]],
) -> None:
    tasks = [asyncio.ensure_future(keeper) for keeper in keepers]
    try:
        async for event in events:
            recorder.record(event)
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        await events.aclose()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _server(health: Health) -> dict[str, Any]:
    return {
        "kind": health.server_kind,
        "version": health.version,
        "model": health.model,
        "weights": health.weights,
        "context_length": health.context_length,
        "url": health.url,
    }


def _started(view: RunView, server: dict[str, Any]) -> Started:
    return Started(
        at=time.time(),
        spec=view.spec,
        versions={"stack-tui": __version__, "python": platform.python_version()},
        server=server,
        pid=os.getpid(),
        resumed=view.started is not None,
    )


def _stop_on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
