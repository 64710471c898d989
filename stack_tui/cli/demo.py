"""`stack-tui demo`: the shipped suite on a tiny real model that runs on this machine."""

from functools import partial
from pathlib import Path

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import follow_or_stop
from stack_tui.cli.open_app import open_app
from stack_tui.cli.options import EMBEDDED_ENDPOINT
from stack_tui.cli.printing import Printing, print_report
from stack_tui.endpoints.embedded import shared_server
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.suites.model import suite_store as suites
from stack_tui.worker import launch

_SUITE = "custom"
_SMOKE = "stack_smoke"


@click.command("demo")
@click.option("--headless", is_flag=True, help="Print the report instead of opening the app.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@options.places
def demo_command(headless: bool, no_mouse: bool, results: Path | None, config: Path | None) -> int:
    """Run the shipped suite and a smoke benchmark on a tiny built-in model; open the app on them.

    SmolLM2-135M-Instruct is there to show the tool: its verdicts mean nothing.
    """
    known = options.read_config(config)
    folder = options.results_folder(results, known)
    starts = (partial(_start_suite, folder), partial(_start_smoke, folder))
    click.echo("starting the embedded model (SmolLM2-135M, there to show the tool)…", err=True)
    lease = shared_server.acquire()
    try:
        if headless:
            return max([print_report(follow_or_stop(start), Printing()) for start in starts])
        suite_run, smoke = starts
        open_app(config, results, mouse=not no_mouse, run=suite_run().name, beside=smoke)
    finally:
        lease.close()
    return 0


def _start_suite(results: Path) -> Path:
    path = suites.resolve(_SUITE, options.cases_folder())
    return launch.start_suite(results, path, EMBEDDED_ENDPOINT, [EMBEDDED_ENDPOINT])


def _start_smoke(results: Path) -> Path:
    return launch.start_benchmarks(results, BenchmarkSubject(tasks=(_SMOKE,)), EMBEDDED_ENDPOINT)
