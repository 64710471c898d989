"""`stack-tui regrade` and `rejudge`: recorded outputs graded again, the model not asked."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import carry_out
from stack_tui.cli.printing import Printing, check_printing, printing_options
from stack_tui.config.decode import PanelMethod
from stack_tui.runs.store import read_spec
from stack_tui.worker import regrade_runs

_suite = click.option(
    "--suite", type=click.Path(path_type=Path), help="The suite to grade by, else the run's own."
)
_note = click.option("--note", default="", help="A remark that is kept with the run.")
_detach = click.option("--detach", is_flag=True, help="Start the run, print its id, and return.")


@click.command("regrade")
@click.argument("run", default="latest")
@options.panel_choice
@_suite
@_note
@_detach
@printing_options
@options.places
def regrade_command(
    run: str,
    panel: PanelMethod | None,
    suite: Path | None,
    note: str,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **printing: Any,
) -> int:
    """Grade the recorded outputs of RUN by its suite as it is now, as a new run.

    Neither the model nor, where their question is the same, a judge is asked; RUN stays as it is.
    """
    folder = options.run_folder(run, results, config)
    wanted = Printing(**printing)
    check_printing(wanted, folder.parent, read_spec(folder).subject.name)
    start = partial(regrade_runs.regrade, folder, suite, panel=panel, note=note)
    return carry_out(start, wanted, detach=detach)


@click.command("rejudge")
@click.argument("run", default="latest")
@click.option("--judge", "judges", multiple=True, help="An endpoint's name, or self; repeatable.")
@options.panel_choice
@_suite
@click.option("--concurrency", type=click.IntRange(1), help="Requests at once.")
@_note
@_detach
@printing_options
@options.places
def rejudge_command(
    run: str,
    judges: tuple[str, ...],
    panel: PanelMethod | None,
    suite: Path | None,
    concurrency: int | None,
    note: str,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **printing: Any,
) -> int:
    """Have the recorded outputs of RUN judged again, as a new run; the model is not asked.

    Without --judge by the judges that RUN had. Its rules are those of the suite as it is now.
    """
    known = options.read_config(config)
    folder = options.run_folder(run, results, config)
    wanted, before = Printing(**printing), read_spec(folder)
    check_printing(wanted, folder.parent, before.subject.name)
    chosen = (
        options.choose_judges(known, judges, (), before.endpoint, no_judge=False) if judges else []
    )
    start = partial(
        regrade_runs.rejudge, folder, chosen, suite, panel=panel, concurrency=concurrency, note=note
    )
    return carry_out(start, wanted, detach=detach)
