"""`stack-tui duel`: judges say which of two runs' outputs is better, each asked in both orders."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import carry_out
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.config.decode import Config, Endpoint
from stack_tui.runs.store import read_spec
from stack_tui.worker.duel_launch import Gathered, gather, start_duel


@click.command("duel")
@click.argument("runs", nargs=-1, required=True, metavar="A B [C]...")
@click.option("--judge", "judges", multiple=True, help="An endpoint's name; repeatable.")
@click.option(
    "--concurrency", type=click.IntRange(1), help="Requests at once; else it finds itself."
)
@click.option("--note", default="", help="A remark that is kept with the duel.")
@click.option("--detach", is_flag=True, help="Start the duel, print its id, and return.")
@printing_options
@options.places
def duel_command(
    runs: tuple[str, ...],
    judges: tuple[str, ...],
    concurrency: int | None,
    note: str,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **chosen_printing: Any,
) -> int:
    """Have judges say, case by case, which of two finished runs of a suite did better.

    Each judge is asked in both orders, and counts only where it names the same run in both. Three
    runs and more are judged two by two and rated. Judges are those of --judge, else the suite's,
    else the configuration's, else those of run A. Ctrl-c stops the duel and says how to resume it.
    """
    printing = Printing(**chosen_printing)
    known = options.read_config(config)
    folder = options.results_folder(results, known)
    folders = [options.run_folder(name, results, config) for name in runs]
    gathered = gather(folders)
    check_printing(printing, folder, gathered.subject.name)
    start = partial(
        start_duel,
        folder,
        gathered,
        choose_judges(known, judges, gathered, folders[0]),
        concurrency=concurrency,
        note=note,
    )
    return carry_out(start, printing, detach=detach)


def choose_judges(
    config: Config, named: Sequence[str], gathered: Gathered, first: Path
) -> list[Endpoint]:
    """Return the judges: the named ones, the suite's, the configuration's, else run A's."""
    if "self" in named:
        raise click.UsageError("a duel has no model of its own: --judge takes an endpoint's name")
    of_suite = [name for name in gathered.judges if name != "self"]
    if names := named or of_suite or config.defaults.judges:
        return list(dict.fromkeys(options.named_endpoint(config, name) for name in names))
    spec = read_spec(first)
    return list(spec.judges) or [spec.endpoint]
