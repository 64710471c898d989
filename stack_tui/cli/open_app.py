"""Open the app from a command."""

from collections.abc import Callable

from stack_tui.cli import options
from stack_tui.tui.app import run_app


def open_app(
    places: options.Places,
    *,
    mouse: bool,
    run: str | None = None,
    beside: Callable[[], object] | None = None,
) -> None:
    """Open the app on the configured endpoints, the cases folder's suites and the runs."""
    config = places.read_config()
    results, cases = places.results_folder(config), options.cases_folder()
    run_app(config, results, cases=cases, run=run, beside=beside, mouse=mouse and config.app.mouse)
