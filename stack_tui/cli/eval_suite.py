"""`stack-tui eval`: a suite against an endpoint, followed to its report or left to itself."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import carry_out
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.config.decode import PanelMethod
from stack_tui.reports.number_format import reach
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.validation import MOST_REPEATS, temperature_problem
from stack_tui.worker import launch


@click.command("eval")
@click.argument("suite")
@options.endpoint_choice
@click.option("--judge", "judges", multiple=True, help="An endpoint's name, or self; repeatable.")
@click.option("--no-judge", is_flag=True, help="Grade by rules alone.")
@options.panel_choice
@click.option(
    "--repeats", type=click.IntRange(1, MOST_REPEATS), help="How often each case is asked."
)
@click.option(
    "--temperature",
    "temperatures",
    type=float,
    multiple=True,
    help="Instead of the suite's; repeatable, each is asked and they are told side by side.",
)
@click.option(
    "--noise", is_flag=True, help="Ask the same twice at temperature 0, to see what chance does."
)
@click.option(
    "--concurrency", type=click.IntRange(1), help="Requests at once; else it finds itself."
)
@click.option("--note", default="", help="A remark that is kept with the run.")
@click.option("--detach", is_flag=True, help="Start the run, print its id, and return.")
@printing_options
@options.places
def eval_command(
    suite: str,
    endpoint: str | None,
    url: str | None,
    model: str | None,
    api_key_env: str | None,
    judges: tuple[str, ...],
    no_judge: bool,
    panel: PanelMethod | None,
    repeats: int | None,
    temperatures: tuple[float, ...],
    noise: bool,
    concurrency: int | None,
    note: str,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **chosen_printing: Any,
) -> int:
    """Run SUITE, a TOML file or the name of one in the cases folder, and print the report.

    Ctrl-c stops the run and says how to resume it; a closed terminal does not end it.
    """
    if noise and (repeats or temperatures):
        raise click.UsageError("--noise sets repeats and temperature itself")
    if temperatures and (problem := temperature_problem(temperatures)):
        raise click.BadParameter(problem, param_hint="--temperature")
    printing = Printing(**chosen_printing)
    known = options.read_config(config)
    path = suites.resolve(suite, options.cases_folder())
    content = suites.load(path)
    folder = options.results_folder(results, known)
    check_printing(printing, folder, content.name, content.gates)
    chosen = options.choose_endpoint(known, endpoint, url, model, api_key_env)
    start = partial(
        launch.start_suite,
        folder,
        path,
        chosen,
        options.choose_judges(known, judges, content.judges, chosen, no_judge=no_judge),
        panel=panel or content.panel or known.defaults.panel or "median",
        repeats=repeats or content.repeats,
        temperatures=temperatures,
        noise=noise,
        concurrency=concurrency,
        note=note,
    )
    click.echo(
        f"two runs compared: {reach(content.independent, len(content.open_cases))}", err=True
    )
    return carry_out(start, printing, detach=detach)
