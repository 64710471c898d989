"""`stack-tui demo`: the shipped suite on a tiny real model that runs on this machine."""

from functools import partial
from pathlib import Path

import click

from stack_tui.cli import options
from stack_tui.cli.app import open_app
from stack_tui.cli.foreground import follow_or_stop
from stack_tui.cli.options import EMBEDDED_ENDPOINT
from stack_tui.cli.printing import Printing, print_report
from stack_tui.endpoints import embedded
from stack_tui.suites import store as suites
from stack_tui.worker import launch

_SUITE = "custom"


@click.command("demo")
@click.option("--headless", is_flag=True, help="Print the report instead of opening the app.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@options.places
def demo_command(headless: bool, no_mouse: bool, results: Path | None, config: Path | None) -> int:
    """Run the shipped suite on a tiny built-in model and open the app on it.

    SmolLM2-135M-Instruct is there to show the tool: its verdicts mean nothing.
    """
    known = options.read_config(config)
    click.echo("starting the embedded model (SmolLM2-135M, there to show the tool)…", err=True)
    lease = embedded.acquire()
    try:
        start = partial(
            launch.start_suite,
            options.results_folder(results, known),
            suites.resolve(_SUITE, options.cases_folder()),
            EMBEDDED_ENDPOINT,
            [EMBEDDED_ENDPOINT],
        )
        if headless:
            return print_report(follow_or_stop(start), Printing())
        open_app(config, results, mouse=not no_mouse, run=start().name)
    finally:
        lease.close()
    return 0
