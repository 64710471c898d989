"""Start a run: check what it needs, make its folder, and start the process that carries it out."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.config.foreign_keys import acting_parts
from stack_tui.config.permissions import allow
from stack_tui.endpoints.client import Client, OnRetry
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.probe import Health, preflight, probe
from stack_tui.endpoints.retry import BEFORE_A_RUN
from stack_tui.runs.spec import BenchmarkSubject, SuiteSubject, new_run_id
from stack_tui.runs.store import Control, create, newest_id, write_control
from stack_tui.suites.model import suite_store
from stack_tui.worker.duel_draft import draft_duel
from stack_tui.worker.probe_record import ProbeRecord, write_probe
from stack_tui.worker.regrade_draft import draft_regrade
from stack_tui.worker.requests import BenchmarkRun, DuelRun, RunRequest, SuiteRun
from stack_tui.worker.run_draft import RunDraft, draft_benchmark, draft_suite
from stack_tui.worker.temperature_check import refuse_ignored_temperatures
from stack_tui.worker.worker_process import spawn


def start(request: RunRequest, results: Path, on_retry: OnRetry | None = None) -> Path:
    """Start the run that is requested, and return its folder in `results`.

    Blocks until the worker has begun. `on_retry` hears of each wait for a busy server.
    If the suite, a task, an endpoint or a recorded run does not permit the run, raises StackError
    and leaves no folder behind.
    """
    return asyncio.run(_start(_draft(request), results, on_retry))


def _draft(request: RunRequest) -> RunDraft:
    if isinstance(request, SuiteRun):
        return draft_suite(request)
    if isinstance(request, BenchmarkRun):
        return draft_benchmark(request)
    if isinstance(request, DuelRun):
        return draft_duel(request)
    return draft_regrade(request)


async def _start(draft: RunDraft, results: Path, on_retry: OnRetry | None) -> Path:
    """Start the drafted run; the built-in server is kept up until the worker holds it."""
    async with AsyncExitStack() as held:
        ready: dict[Endpoint, Endpoint] = {}
        record: ProbeRecord | None = None
        for endpoint in draft.spec.endpoints if draft.checks_endpoints else ():
            opened = connect(endpoint, policy=BEFORE_A_RUN, on_retry=on_retry)
            client = await held.enter_async_context(opened)
            health = await preflight(client, BEFORE_A_RUN)
            ready[endpoint] = msgspec.structs.replace(endpoint, model=health.model)
            if endpoint == draft.spec.endpoint:
                record = await _checked(client, health, draft)
        model = ready.get(draft.spec.endpoint, draft.spec.endpoint)
        spec = msgspec.structs.replace(
            draft.spec,
            id=new_run_id(draft.spec.subject.name, model.model, newest=newest_id(results)),
            endpoint=model,
            judges=tuple(ready.get(judge, judge) for judge in draft.spec.judges),
        )
        # The user has chosen these: a resumed run may send their keys without another permission.
        allow(acting_parts(spec.endpoints))
        folder = create(results, spec, draft.suite_text, draft.recorded, draft.duel)
        if record:
            write_probe(folder, record)
        try:
            await asyncio.to_thread(spawn, folder)
        except asyncio.CancelledError:
            write_control(folder, Control(wanted="stop"))
            raise
        return folder


async def _checked(client: Client, health: Health, draft: RunDraft) -> ProbeRecord:
    """Return what the worker needs to know of the endpoint and of the benchmark's tasks.

    Raises StackError for a task that is unknown, or what the endpoint does not support.
    """
    subject = draft.spec.subject
    if isinstance(subject, SuiteSubject) and draft.suite_text and not draft.spec.origin:
        suite = suite_store.parse(draft.suite_text, Path(subject.path))
        await refuse_ignored_temperatures(client, health.model, draft.spec, suite)
    if not isinstance(subject, BenchmarkSubject):
        return ProbeRecord(health=health)
    from stack_tui.benchmarks.catalog.catalog import open_catalog
    from stack_tui.benchmarks.preflight_checks import refuse_early, tokens_to_try

    capabilities = await probe(client, BEFORE_A_RUN, await tokens_to_try(subject))
    catalog = open_catalog(subject.include_path)
    refuse_early(subject, catalog, capabilities)
    tasks = msgspec.to_builtins(catalog.needed(subject.tasks))
    return ProbeRecord(health=health, capabilities=capabilities, tasks=tasks)
