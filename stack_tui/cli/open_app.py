"""Opening the app."""

from collections.abc import Callable
from pathlib import Path

from stack_tui.cli import options
from stack_tui.tui.opening import run_app


def open_app(
    config: Path | None,
    results: Path | None,
    *,
    mouse: bool,
    run: str | None = None,
    beside: Callable[[], object] | None = None,
) -> None:
    """Open the app on the configured endpoints, the suites in `cases` and the runs in `results`."""
    known = options.read_config(config)
    folder = options.results_folder(results, known)
    cases = options.cases_folder()
    run_app(known, folder, cases=cases, run=run, beside=beside, mouse=mouse and known.app.mouse)
