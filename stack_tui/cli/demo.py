"""`stack-tui demo`: the shipped suite on a tiny real model that runs on this machine."""

from functools import partial

import click

from stack_tui.cli import options
from stack_tui.cli.follow import follow_or_stop
from stack_tui.cli.open_app import open_app
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, print_report
from stack_tui.config.resolve import EMBEDDED_ENDPOINT
from stack_tui.endpoints.embedded import shared_server
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.suites.model import suite_store as suites
from stack_tui.worker import launch
from stack_tui.worker.requests import BenchmarkRun, SuiteRun

_SUITE = "custom"
_SMOKE = "stack_smoke"


@click.command("demo")
@click.option("--headless", is_flag=True, help="Print the report instead of opening the app.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@options.places
def demo_command(headless: bool, no_mouse: bool, places: Places) -> int:
    """Run the shipped suite and a smoke benchmark on a tiny built-in model; open the app on them.

    SmolLM2-135M-Instruct only demonstrates the tool: its scores mean nothing.
    """
    results = places.results_folder(places.read_config())
    suite = SuiteRun(
        suite=suites.resolve(_SUITE, options.cases_folder()),
        endpoint=EMBEDDED_ENDPOINT,
        judges=(EMBEDDED_ENDPOINT,),
    )
    smoke = BenchmarkRun(benchmark=BenchmarkSubject(tasks=(_SMOKE,)), endpoint=EMBEDDED_ENDPOINT)
    starts = [partial(launch.start, request, results) for request in (suite, smoke)]
    click.echo("starting the embedded model, SmolLM2-135M, for demonstration only…", err=True)
    lease = shared_server.acquire()
    try:
        if headless:
            return max([print_report(follow_or_stop(start), Printing()) for start in starts])
        suite_run, smoke_run = starts
        open_app(places, mouse=not no_mouse, run=suite_run().name, beside=smoke_run)
    finally:
        lease.close()
    return 0
