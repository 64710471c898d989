"""Open the app as the command line asks."""

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
    """Open the app and return when it is closed; raises RunNotFound if there is no such `run`.

    `beside` is called in a thread once the app is open; the app shows its error.
    """
    folder = find(results, run) if run else None
    app = StackApp(config, results, cases=cases, run=folder, beside=beside)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StackError(
            "the app needs a terminal for input and output",
            remedy="Use a command instead; stack-tui --help lists them.",
        )
    app.run(mouse=mouse)
