"""`stack-tui duel`: judges compare the outputs of runs, two by two and in both orders."""

from functools import partial

import click

from stack_tui.cli import options
from stack_tui.cli.follow import print_wait, run_to_report
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.runs.store import read_spec
from stack_tui.worker import launch
from stack_tui.worker.duel_draft import distinct_runs, duel_judges
from stack_tui.worker.requests import DuelRun


@click.command("duel")
@click.argument("runs", nargs=-1, required=True, metavar="A B [C]...")
@click.option("--judge", "judges", multiple=True, help=options.JUDGE_HELP)
@options.run_options
@printing_options
@options.places
def duel_command(
    runs: tuple[str, ...],
    judges: tuple[str, ...],
    concurrency: int | None,
    note: str,
    detach: bool,
    printing: Printing,
    places: Places,
) -> int:
    """Have judges compare, case by case, the outputs of two finished runs of a suite.

    Each judge is asked in both orders and counts only if it prefers the same run in both. Three or
    more runs are compared two by two and rated. The judges are those of --judge, else the suite's,
    else the configuration's, else those of run A. Ctrl-c stops the duel and prints how to resume
    it.
    """
    config = places.read_config()
    results = places.results_folder(config)
    folders = distinct_runs([places.run_folder(name) for name in runs])
    first = read_spec(folders[0])
    check_printing(printing, results, f"duel-{first.subject.suite_name}")
    request = DuelRun(
        runs=folders,
        judges=duel_judges(config, judges, folders[0], first),
        concurrency=concurrency,
        note=note,
    )
    start = partial(launch.start, request, results, print_wait)
    return run_to_report(start, printing, detach=detach)
