"""`stack-tui eval`: run a suite against an endpoint and print its report."""

from functools import partial
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.follow import print_wait, run_to_report
from stack_tui.cli.options import EndpointChoice, JudgeChoice, Places
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.config.resolve import resolve_panel
from stack_tui.reports.number_format import reach
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import only_cases
from stack_tui.suites.model.selection import select_cases
from stack_tui.suites.model.validation import MOST_REPEATS, temperature_problem
from stack_tui.worker import launch
from stack_tui.worker.requests import SuiteRun


@click.command("eval")
@click.argument("suite")
@options.endpoint_choice
@options.judge_choice
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Run this case. Repeatable.")
@click.option("--label", "labels", multiple=True, help="Run the cases with this label. Repeatable.")
@click.option("--limit", type=click.IntRange(1), help="Run the first N cases.", metavar="N")
@click.option(
    "--repeats", type=click.IntRange(1, MOST_REPEATS), help="How many times to run each case."
)
@click.option(
    "--temperature",
    "temperatures",
    type=float,
    multiple=True,
    help="Use this temperature, not the suite's. Repeat to compare several.",
)
@click.option(
    "--noise", is_flag=True, help="Run every case twice at temperature 0, to measure the noise."
)
@options.run_options
@printing_options
@options.places
def eval_command(
    suite: str,
    case_ids: tuple[str, ...],
    labels: tuple[str, ...],
    limit: int | None,
    choice: EndpointChoice,
    judging: JudgeChoice,
    detach: bool,
    printing: Printing,
    places: Places,
    **settings: Any,
) -> int:
    """Run SUITE, a TOML file or the name of one in the cases folder, and print the report.

    Ctrl-c stops the run and prints how to resume it. Closing the terminal does not end it.
    """
    _check_temperatures(**settings)
    config = places.read_config()
    path = suites.resolve(suite, options.cases_folder())
    content = suites.load(path)
    results = places.results_folder(config)
    check_printing(printing, results, content.name, content.gates)
    endpoint = choice.resolve(config)
    request = SuiteRun(
        suite=path,
        cases=select_cases(content, case_ids, labels, limit),
        endpoint=endpoint,
        judges=judging.resolve(config, content.judges, endpoint),
        panel=resolve_panel(config, content.panel, judging.panel),
        **settings,
    )
    asked = only_cases(content, request.cases)
    detectable = reach(asked.independent, len(asked.open_cases))
    click.echo(f"two runs compared: {detectable}", err=True)
    start = partial(launch.start, request, results, print_wait)
    return run_to_report(start, printing, detach=detach)


def _check_temperatures(
    *, noise: bool, repeats: int | None, temperatures: tuple[float, ...], **_: Any
) -> None:
    if noise and (repeats or temperatures):
        raise click.UsageError("--noise sets repeats and temperature itself")
    if temperatures and (problem := temperature_problem(temperatures)):
        raise click.BadParameter(problem, param_hint="--temperature")
