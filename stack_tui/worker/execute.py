"""Execute one run: from the state of its journal to `finished`, or until it is stopped."""

import asyncio
import os
import platform
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, aclosing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from stack_tui import __version__
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.kinds.known_kinds import kind_named
from stack_tui.endpoints.limit import Limit, Stopped
from stack_tui.endpoints.metrics import read_metrics
from stack_tui.endpoints.probe import Health, preflight, probe
from stack_tui.endpoints.retry import ONCE, RetryPolicy
from stack_tui.errors import StackError
from stack_tui.internal_error import internal_failure
from stack_tui.names import plural
from stack_tui.paths import write_atomically
from stack_tui.reports.render.json_report import report_document
from stack_tui.runner.stream import first_error
from stack_tui.runs import holdout, labels
from stack_tui.runs.events import (
    Answer,
    Event,
    Fault,
    Finished,
    RecordScores,
    Server,
    Started,
    StateChanged,
)
from stack_tui.runs.journal import Journal, Tail
from stack_tui.runs.latest_report import latest_report_path
from stack_tui.runs.recorded_run import Recorded, read_recorded
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.store import journal_path, read_spec, rewrite_spec
from stack_tui.runs.view import RunView, is_settled
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.worker.control_file import follow_control, stop_on_signals, unless_stop_is_wanted
from stack_tui.worker.probe_record import ProbeRecord, read_probe
from stack_tui.worker.run_events import run_events, suite_events

_FAULT_REPEAT_S = 10.0
_PREFLIGHT_BUDGET_S = 30.0
_METRICS_EVERY_S = 5.0


class Recorder:
    """Appends events to the journal and applies them to the worker's own view.

    `has_final_scores` says whether a benchmark's scores of record came since the worker began.
    """

    def __init__(self, journal: Journal, view: RunView) -> None:
        self.journal = journal
        self.view = view
        self.has_final_scores = False
        self._last_fault: dict[str, float] = {}

    def record(self, event: Event) -> None:
        """Append the event; raises OSError if the disk refuses it."""
        self.journal.append(event)
        self.view.apply([event])
        self.has_final_scores |= isinstance(event, RecordScores)

    def note_retry(self, endpoint: str, error: EndpointError, wait_s: float) -> None:
        """Record a retry, for each endpoint and reason at most every 10 s."""
        now = time.time()
        reason = f"{endpoint}: {error.kind}"
        if now - self._last_fault.get(reason, 0.0) >= _FAULT_REPEAT_S:
            self._last_fault[reason] = now
            message = f"{error.what}; retrying in {wait_s:.0f} s"
            self.record(Fault(at=now, where=endpoint, message=message, remedy=error.remedy))

    def start_regrade(self, recorded: Recorded) -> None:
        """Record the start of a run on recorded outputs; the first time with the notes on them."""
        first = self.view.started is None
        self.record(_started(self.view, recorded.server))
        for fault in recorded.faults if first else ():
            self.record(fault)

    def record_stop(self) -> None:
        """Record that the run was stopped: `resume` goes on with it."""
        self.record(StateChanged(at=time.time(), state="stopped"))

    async def sync_each_second(self) -> None:
        """Make the journal durable once a second, until cancelled; raises OSError if it is gone."""
        while True:
            await asyncio.sleep(1.0)
            await asyncio.to_thread(self.journal.sync)


async def execute(folder: Path) -> Finished | None:
    """Execute the run in `folder`; return how it finished, None if it was stopped.

    What a run cannot go on from is recorded as its end. Raises RunBusy if another worker is on it,
    StackError if the spec cannot be read, OSError if the disk refuses a record. In each case the
    journal is intact and the run can be resumed.
    """
    spec = read_spec(folder)
    with Journal(journal_path(folder)) as journal:
        rewrite_spec(folder, spec)
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
            return _record_failure(recorder.record, error)
        except OSError:
            raise
        except Exception as error:
            return _record_failure(recorder.record, _defect(error))


def _defect(error: Exception) -> StackError:
    """Return an exception that nobody foresaw as the run's error; the log gets its stack."""
    failure = internal_failure(error)
    return StackError(
        f"a defect in stack-tui: {failure.message}",
        remedy="Report it with worker.log, which holds the stack.",
    )


async def _with_endpoints(folder: Path, recorder: Recorder, recorded: Recorded) -> Finished | None:
    spec = recorder.view.spec
    async with AsyncExitStack() as stack:
        clients: dict[Endpoint, Client] = {}
        for place, endpoint in enumerate(spec.endpoints):
            fixed = spec.concurrency if place == 0 else None
            client = connect(
                endpoint,
                limit=Limit(fixed or endpoint.concurrency),
                on_retry=partial(recorder.note_retry, endpoint.name),
            )
            clients[endpoint] = await stack.enter_async_context(client)
        judges = [clients[judge] for judge in spec.judges]
        stopping = asyncio.Event()
        stop_on_signals(stopping)
        watched: list[Coroutine[None, None, None]] = []
        if spec.origin:
            recorder.start_regrade(recorded)
            recorded_model = RecordedModel(spec.endpoint, recorded.samples)
            events = suite_events(
                folder, recorder.view, recorded_model, judges, recorded.answers, stopping
            )
        else:
            model = clients[spec.endpoint]
            try:
                beginning = _begin(folder, model, recorder)
                probed = await unless_stop_is_wanted(folder, stopping, beginning)
            except Stopped:
                if recorder.view.started is None:
                    recorder.record(_started(recorder.view, {}))
                recorder.record_stop()
                return None
            events = run_events(
                folder, recorder.view, model, probed, judges, recorded.answers, stopping
            )
            watched = [_watch_server(model, probed.health.server_kind, recorder.record)]
        keepers = (
            recorder.sync_each_second(),
            follow_control(
                folder, [client.limit for client in clients.values()], stopping, recorder.record
            ),
            *watched,
        )
        await _record_all(events, recorder, keepers)
        if stopping.is_set() and not _is_complete(recorder):
            recorder.record_stop()
            return None
        return await asyncio.to_thread(_finish, folder, recorder.view, recorder.record)


def _is_complete(recorder: Recorder) -> bool:
    """Return whether nothing is left for a resumed run to do, errors aside."""
    if isinstance(recorder.view.spec.subject, BenchmarkSubject):
        return recorder.has_final_scores
    return recorder.view.total.done >= recorder.view.total.planned


async def _begin(folder: Path, model: Client, recorder: Recorder) -> ProbeRecord:
    """Record that the run has started, and return what is known of the endpoint by then."""
    spec = recorder.view.spec
    found = read_probe(folder) or ProbeRecord(health=await _ready(model, recorder))
    _fit_limit(model.limit, found.health, spec)
    recorder.record(_started(recorder.view, _server(found.health)))
    if found.capabilities is None and isinstance(spec.subject, BenchmarkSubject):
        found = msgspec.structs.replace(found, capabilities=await probe(model))
    return found


def _fit_limit(limit: Limit, health: Health, spec: RunSpec) -> None:
    """Cap concurrency at the server's slots; a benchmark starts high, its requests being short."""
    kind = kind_named(health.server_kind)
    start = (
        kind.many_at_once if kind and isinstance(spec.subject, BenchmarkSubject) else limit.current
    )
    limit.begin_at(start, health.slots or limit.maximum)


async def _ready(model: Client, recorder: Recorder) -> Health:
    """Return the model's health; retry for a while what a short failure of the server explains."""
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
    """Record the events, with the keepers beside it; raise the first error of either."""
    try:
        async with asyncio.TaskGroup() as group, aclosing(events):
            keeping = [group.create_task(keeper) for keeper in keepers]
            async for event in events:
                recorder.record(event)
            for task in keeping:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None


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


async def _watch_server(client: Client, kind: str, record: Callable[[Event], None]) -> None:
    """Record the server's metrics every few seconds until cancelled; return if it has none."""
    async with Client(client.endpoint, url=client.url, policy=ONCE, limit=Limit(1)) as beside:
        while True:
            try:
                page = await beside.get_text("/metrics", root=True)
            except EndpointError as error:
                if error.status is not None:
                    return
            else:
                found = read_metrics(page.data, kind).items()
                metrics = {name: value for name, value in found if "_bucket_" not in name}
                record(Server(at=time.time(), metrics=metrics))
            await asyncio.sleep(_METRICS_EVERY_S)


def _finish(folder: Path, view: RunView, record: Callable[[Event], None]) -> Finished:
    """Write report.json and its copy as the subject's latest report, then record `finished`.

    Neither contains the texts of held-out cases: only the journal does.
    """
    unsettled = sum(not is_settled(sample) for sample in view.samples)
    missing = view.total.planned - view.total.done
    errors = unsettled + missing
    finished = Finished(
        at=time.time(),
        outcome="errors" if errors else "complete",
        errors=errors,
        message=f"{plural(missing, 'sample')} without an outcome" if missing else "",
    )
    view.finished = finished
    view.relabel(labels.read(folder))
    view.accesses = (
        holdout.read_accesses(folder.parent, view.spec.subject.suite_name) if view.holdouts else ()
    )
    report = msgspec.json.format(msgspec.json.encode(report_document(view)), indent=2)
    write_atomically(folder / "report.json", report)
    latest = latest_report_path(folder.parent, view.spec.subject)
    try:
        write_atomically(latest, report)
    except OSError as error:
        message = f"the copy of the report could not be written: {error.strerror}"
        record(Fault(at=finished.at, where=str(latest), message=message))
    record(finished)
    return finished


def _record_failure(record: Callable[[Event], None], error: StackError) -> Finished:
    """Record why the run cannot be executed, as its end."""
    now = time.time()
    record(Fault(at=now, where=error.where, message=error.what, remedy=error.remedy))
    finished = Finished(
        at=now, outcome="failed", message=error.what, remedy=error.remedy, resumable=error.resumable
    )
    record(finished)
    return finished
