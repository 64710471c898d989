"""Opening the app on what the command line names."""

import sys
from collections.abc import Callable
from pathlib import Path

from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.paths import DEFAULT_CASES
from stack_tui.runs.store import find
from stack_tui.tui.app import StackApp


def run_app(
    config: Config,
    results: Path,
    *,
    cases: Path = DEFAULT_CASES,
    run: str | None = None,
    beside: Callable[[], object] | None = None,
    mouse: bool = True,
) -> None:
    """Open the app and return when it is left; raises RunNotFound where `run` names none.

    `beside` is done in the background once the app is open; it tells where that fails.
    """
    folder = find(results, run) if run else None
    app = StackApp(config, results, cases=cases, run=folder, beside=beside)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StackError(
            "the app needs a terminal for its input and its output",
            remedy="Elsewhere use a command: stack-tui --help lists them.",
        )
    app.run(mouse=mouse)
