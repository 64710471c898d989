"""Starting a run in a process of its own, and saying from outside what is wanted of it."""

import asyncio
import hashlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.probe import preflight, probe
from stack_tui.endpoints.retry import ONCE
from stack_tui.errors import StackError
from stack_tui.runs.duel_data import DuelData
from stack_tui.runs.events import Event, Fault, Started
from stack_tui.runs.journal import RunBusy, Tail, is_held
from stack_tui.runs.spec import BenchmarkSubject, RunSpec, SuiteSubject, new_run_id
from stack_tui.runs.store import Control, create, journal_path, read_control, write_control
from stack_tui.suites.model import suite_store as suites
from stack_tui.toml_edit import source

_START_TIMEOUT_S = 90.0
_LOOK_EVERY_S = 0.05
_LEAST_ROOM = 1 << 16

NOISE_REPEATS = 2
NOISE_LOAD = 16  # requests at once: servers that batch round otherwise than for one alone


class CannotStart(StackError):
    """The worker found that the endpoint cannot serve the run."""

    exit_code = 3


class WorkerError(StackError):
    """A worker that ended before it began."""

    exit_code = 4


def start_suite(
    results: Path,
    suite_path: Path,
    endpoint: Endpoint,
    judges: Sequence[Endpoint],
    *,
    panel: PanelMethod = "median",
    repeats: int = 1,
    temperatures: Sequence[float] = (),
    noise: bool = False,
    concurrency: int | None = None,
    note: str = "",
) -> Path:
    """Check suite and endpoints, make the run's folder, start its worker, and return the folder.

    Without temperatures the suite's hold; a `noise` run asks twice at temperature 0, whatever else
    is said. Blocks until the worker has begun. Raises TomlError for the suite, EndpointError for an
    endpoint that cannot serve it; then nothing was made.
    """
    text = source.read_text(suite_path)
    suite = suites.parse(text, suite_path)
    draft = RunSpec(
        id="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        endpoint=endpoint,
        judges=tuple(judges),
        panel=panel,
        subject=SuiteSubject(
            name=suite.name,
            path=str(suite_path),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        ),
        repeats=NOISE_REPEATS if noise else repeats,
        temperatures=(0.0,) if noise else tuple(temperatures) or suite.temperatures,
        noise=noise,
        concurrency=concurrency or (endpoint.concurrency or NOISE_LOAD if noise else None),
        note=note,
    )
    return asyncio.run(begin(results, draft, text))


def start_benchmarks(
    results: Path,
    benchmark: BenchmarkSubject,
    endpoint: Endpoint,
    *,
    concurrency: int | None = None,
    note: str = "",
) -> Path:
    """Check tasks and endpoint, make the run's folder, start its worker, and return the folder.

    Blocks until the worker has begun. Raises UnknownTask, RouteError for a task that the endpoint
    cannot take, EndpointError; then nothing was made. What datasets lack, the journal tells.
    """
    draft = RunSpec(
        id="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        endpoint=endpoint,
        subject=benchmark,
        concurrency=concurrency,
        note=note,
    )
    return asyncio.run(begin(results, draft, None))


async def begin(
    results: Path,
    draft: RunSpec,
    suite_text: str | None,
    recorded: Iterable[Event] = (),
    *,
    contest: DuelData | None = None,
    asks: bool = True,
) -> Path:
    """Start the drafted run, its endpoints held open meanwhile: the embedded one is not let go.

    Where it most likely `asks` nobody, its endpoints need not be up.
    """
    async with AsyncExitStack() as held:
        ready: dict[Endpoint, Endpoint] = {}
        for endpoint in draft.asked if asks else ():
            client = await held.enter_async_context(connect(endpoint, policy=ONCE))
            health = await preflight(client)
            ready[endpoint] = msgspec.structs.replace(endpoint, model=health.model)
            if isinstance(draft.subject, BenchmarkSubject):
                await _refuse_unable(client, draft.subject)
        model = ready.get(draft.endpoint, draft.endpoint)
        spec = msgspec.structs.replace(
            draft,
            id=new_run_id(draft.subject.name, model.model),
            endpoint=model,
            judges=tuple(ready.get(judge, judge) for judge in draft.judges),
        )
        folder = create(results, spec, suite_text, recorded, contest)
        try:
            await asyncio.to_thread(spawn, folder)
        except asyncio.CancelledError:
            write_control(folder, Control(wanted="stop"))
            raise
        return folder


async def _refuse_unable(client: Client, benchmark: BenchmarkSubject) -> None:
    """Raise StackError for what the run names and is not there, or the endpoint cannot take."""
    from stack_tui.benchmarks.catalog.catalog import open_catalog
    from stack_tui.benchmarks.preflight_checks import refuse_early

    refuse_early(benchmark, open_catalog(benchmark.include_path), await probe(client))


def spawn(folder: Path) -> None:
    """Start a worker on the run's folder and wait until it has begun.

    Raises RunBusy where one is at work already, WorkerError where it ended before it began.
    """
    journal = journal_path(folder)
    if is_held(journal):
        raise RunBusy("is being carried out already", where=folder.name)
    write_control(folder, msgspec.structs.replace(read_control(folder), wanted="run"))
    tail = Tail(journal)
    tail.read()
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "stack_tui.worker", str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await_start(process, tail, folder)
    finally:
        threading.Thread(target=process.wait, daemon=True).start()


def _await_start(process: subprocess.Popen[bytes], tail: Tail, folder: Path) -> None:
    waited = 0.0
    faults: list[Fault] = []
    while waited < _START_TIMEOUT_S:
        ended = process.poll() is not None
        events = tail.read()
        if any(isinstance(event, Started) for event in events):
            return
        faults += [event for event in events if isinstance(event, Fault)]
        if ended and faults:
            raise CannotStart(faults[-1].message, where=faults[-1].where, remedy=faults[-1].remedy)
        if ended and is_held(tail.path):
            raise RunBusy("is being carried out already", where=folder.name)
        if ended:
            raise _ended_early(folder)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_EVERY_S)
        waited += _LOOK_EVERY_S
    raise WorkerError(
        f"its worker has not begun after {_START_TIMEOUT_S:.0f} s and is left to go on",
        where=folder.name,
        remedy=f"See {folder / 'worker.log'}, or: stack-tui watch {folder.name}",
    )


def last_words(folder: Path) -> str:
    """Return what the worker said last, where it did so after its last record; "" otherwise."""
    log = folder / "worker.log"
    with suppress(OSError):
        if log.stat().st_mtime >= journal_path(folder).stat().st_mtime:
            lines = log.read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else _of_the_disk(folder)
    return _of_the_disk(folder)


def _of_the_disk(folder: Path) -> str:
    """Say where the disk is full, which leaves a worker nowhere to say so."""
    with suppress(OSError):
        if shutil.disk_usage(folder).free < _LEAST_ROOM:
            return f"{folder}: the disk is full"
    return ""


def _ended_early(folder: Path) -> WorkerError:
    return WorkerError(
        f"its worker ended before it began: {last_words(folder) or 'it said nothing'}",
        where=folder.name,
        remedy=f"More in {folder / 'worker.log'}; then: stack-tui resume {folder.name}",
    )


def resume(folder: Path, *, retry_errors: bool = True) -> None:
    """Start a worker that asks for what is missing and, unless told not to, for what failed."""
    if not is_held(journal_path(folder)):
        write_control(
            folder, msgspec.structs.replace(read_control(folder), retry_errors=retry_errors)
        )
    spawn(folder)


def stop(folder: Path) -> None:
    """Have the worker finish what is in flight, record it, and leave a run that can be resumed."""
    _want(folder, "stop")


def pause(folder: Path) -> None:
    """Have the worker send nothing new until `proceed`."""
    _want(folder, "pause")


def proceed(folder: Path) -> None:
    """Have a paused worker go on."""
    _want(folder, "run")


def set_concurrency(folder: Path, requests: int | None) -> None:
    """Change how many requests are in flight at once; None lets it find itself."""
    control = read_control(_at_work(folder))
    write_control(folder, msgspec.structs.replace(control, concurrency=requests))


def _want(folder: Path, wanted: str) -> None:
    control = msgspec.structs.asdict(read_control(_at_work(folder)))
    write_control(folder, msgspec.convert(control | {"wanted": wanted}, Control))


def _at_work(folder: Path) -> Path:
    if not is_held(journal_path(folder)):
        raise StackError(
            "no worker is carrying it out",
            where=folder.name,
            remedy=f"Go on with it: stack-tui resume {folder.name}",
        )
    return folder
