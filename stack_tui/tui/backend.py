"""What can be done to runs: the functions that the commands call, read in only when one is used."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.config.decode import Endpoint, PanelMethod

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.endpoints.capabilities import Capabilities


def start_suite(
    results: Path,
    suite: Path,
    endpoint: Endpoint,
    judges: Sequence[Endpoint],
    repeats: int,
    panel: PanelMethod,
    temperatures: Sequence[float] = (),
    noise: bool = False,
) -> Path:
    """Start a run of the suite and return its folder; blocks until its worker has begun."""
    from stack_tui.worker import launch

    return launch.start_suite(
        results,
        suite,
        endpoint,
        judges,
        repeats=repeats,
        panel=panel,
        temperatures=temperatures,
        noise=noise,
    )


def start_benchmarks(
    results: Path,
    tasks: Sequence[str],
    endpoint: Endpoint,
    fewshot: int | None,
    limit: float | None,
) -> Path:
    """Start a run of these tasks and return its folder; blocks until its worker has begun."""
    from stack_tui.runs.spec import BenchmarkSubject
    from stack_tui.worker import launch

    benchmark = BenchmarkSubject(tasks=tuple(tasks), fewshot=fewshot, limit=limit)
    return launch.start_benchmarks(results, benchmark, endpoint)


def start_duel(results: Path, runs: Sequence[Path], judges: Sequence[Endpoint]) -> Path:
    """Start a duel of these runs and return its folder; blocks until its worker has begun."""
    from stack_tui.worker import duel_launch

    return duel_launch.start_duel(results, duel_launch.gather(runs), judges)


def open_catalog() -> Catalog:
    """Read which tasks there are."""
    from stack_tui.benchmarks.catalog import catalog

    return catalog.open_catalog()


def probe(endpoint: Endpoint) -> Capabilities:
    """Find out what the endpoint can do, by a few requests for a token each."""
    from stack_tui.endpoints.connect import connect
    from stack_tui.endpoints.probe import preflight, probe
    from stack_tui.endpoints.retry import ONCE

    async def ask() -> Capabilities:
        async with connect(endpoint, policy=ONCE) as client:
            await preflight(client)
            return await probe(client)

    return asyncio.run(ask())


def has_embedded() -> bool:
    """Say whether the built-in endpoint's packages are installed."""
    from stack_tui.endpoints.embedded import shared_server

    return shared_server.available()


def regrade(folder: Path, suite: Path | None, panel: PanelMethod) -> Path:
    """Grade the run's recorded outputs by the suite's rules as they are; return the new run."""
    from stack_tui.worker import regrade_runs

    return regrade_runs.regrade(folder, suite, panel=panel)


def rejudge(
    folder: Path, judges: Sequence[Endpoint], suite: Path | None, panel: PanelMethod
) -> Path:
    """Have the run's recorded outputs judged anew; return the new run."""
    from stack_tui.worker import regrade_runs

    return regrade_runs.rejudge(folder, judges, suite, panel=panel)


def resume(folder: Path) -> None:
    """Start a worker on a run that has not finished; blocks until it has begun."""
    from stack_tui.worker import launch

    launch.resume(folder)


def stop(folder: Path) -> None:
    """Have the run end after what is in flight, to be resumed at will."""
    from stack_tui.worker import launch

    launch.stop(folder)


def pause(folder: Path) -> None:
    """Have the run send nothing new."""
    from stack_tui.worker import launch

    launch.pause(folder)


def proceed(folder: Path) -> None:
    """Have a paused run go on."""
    from stack_tui.worker import launch

    launch.proceed(folder)


def set_concurrency(folder: Path, requests: int | None) -> None:
    """Change how many requests the run has in flight; None lets it find itself."""
    from stack_tui.worker import launch

    launch.set_concurrency(folder, requests)
