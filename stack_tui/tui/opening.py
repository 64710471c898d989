"""Opening the app on what the command line names."""

from collections.abc import Callable
from pathlib import Path

from stack_tui.config import Config
from stack_tui.runs.store import find
from stack_tui.tui.app import StackApp


def run_app(
    config: Config,
    results: Path,
    *,
    cases: Path = Path("cases"),
    run: str | None = None,
    beside: Callable[[], object] | None = None,
    mouse: bool = True,
) -> None:
    """Open the app and return when it is left; raises RunNotFound where `run` names none.

    `beside` is done in the background once the app is open; it tells where that fails.
    """
    folder = find(results, run) if run else None
    StackApp(config, results, cases=cases, run=folder, beside=beside).run(mouse=mouse)
