"""`stack-tui regrade` and `rejudge`: grade recorded outputs again without asking the model."""

from functools import partial
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.follow import print_wait, run_to_report
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.config.resolve import resolve_judges
from stack_tui.runs.store import read_spec
from stack_tui.worker import launch
from stack_tui.worker.requests import Regrade

_suite = click.option(
    "--suite", type=options.FILE, help="The suite to grade by, if not the run's own."
)


@click.command("regrade")
@click.argument("run", default="latest")
@options.panel_option
@_suite
@options.note_option
@options.detach_option
@printing_options
@options.places
def regrade_command(
    run: str, detach: bool, printing: Printing, places: Places, **settings: Any
) -> int:
    """Grade the recorded outputs of RUN by its suite as it is now, as a new run.

    The model is not asked, and a judge only if its question has changed. RUN stays as it is.
    """
    folder = places.run_folder(run)
    request = Regrade(run=folder, by="rules", **settings)
    return _regrade(request, printing, detach=detach)


@click.command("rejudge")
@click.argument("run", default="latest")
@click.option("--judge", "judges", multiple=True, help=options.JUDGE_OR_SELF_HELP)
@options.panel_option
@_suite
@options.run_options
@printing_options
@options.places
def rejudge_command(
    run: str,
    judges: tuple[str, ...],
    detach: bool,
    printing: Printing,
    places: Places,
    **settings: Any,
) -> int:
    """Have the recorded outputs of RUN judged again, as a new run; the model is not asked.

    Without --judge, RUN's own judges are asked. The rules are those of the suite as it is now.
    """
    config = places.read_config()
    folder = places.run_folder(run)
    model = read_spec(folder).endpoint
    chosen = resolve_judges(config, (), judges, model) if judges else ()
    request = Regrade(run=folder, by="judges", judges=chosen, **settings)
    return _regrade(request, printing, detach=detach)


def _regrade(request: Regrade, printing: Printing, *, detach: bool) -> int:
    results = request.run.parent
    check_printing(printing, results, read_spec(request.run).subject.name)
    start = partial(launch.start, request, results, print_wait)
    return run_to_report(start, printing, detach=detach)
