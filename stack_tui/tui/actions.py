"""What can be done to runs: the functions that the commands call, read in only when one is used."""

from collections.abc import Sequence
from pathlib import Path

from stack_tui.config import Endpoint


def start_suite(
    results: Path,
    suite: Path,
    endpoint: Endpoint,
    judges: Sequence[Endpoint],
    repeats: int,
) -> Path:
    """Start a run of the suite and return its folder; blocks until its worker has begun."""
    from stack_tui.worker import launch

    return launch.start_suite(results, suite, endpoint, judges, repeats=repeats)


def has_embedded() -> bool:
    """Say whether the built-in endpoint's packages are installed."""
    from stack_tui.endpoints import embedded

    return embedded.available()


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
