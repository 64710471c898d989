"""`stack-tui stop`, `pause` and `resume`: saying what is wanted of a run."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import carry_out
from stack_tui.cli.printing import Printing, check_printing, print_report, printing_options
from stack_tui.runs.journal import RunBusy, wait_until_free
from stack_tui.runs.store import Run, journal_path, read_control
from stack_tui.worker import launch


@click.command("stop")
@click.argument("run", default="latest")
@options.places
def stop_command(run: str, results: Path | None, config: Path | None) -> None:
    """Have RUN finish what is in flight and stop; `resume` goes on with it."""
    folder = options.run_folder(run, results, config)
    launch.stop(folder)
    click.echo(f"{folder.name} is stopping; go on with: stack-tui resume {folder.name}")


@click.command("pause")
@click.argument("run", default="latest")
@options.places
def pause_command(run: str, results: Path | None, config: Path | None) -> None:
    """Have RUN send nothing new until `resume`."""
    folder = options.run_folder(run, results, config)
    launch.pause(folder)
    click.echo(f"{folder.name} is paused; go on with: stack-tui resume {folder.name}")


@click.command("resume")
@click.argument("run", default="latest")
@click.option("--concurrency", type=click.IntRange(1), help="Change the requests at once.")
@click.option(
    "--retry-errors/--leave-errors",
    default=True,
    help="Ask again for what ended in an error (the default), or only for what is missing.",
)
@click.option("--detach", is_flag=True, help="Return at once.")
@printing_options
@options.places
def resume_command(
    run: str,
    concurrency: int | None,
    retry_errors: bool,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **printing: Any,
) -> int:
    """Go on with RUN, asking only for what is missing or ended in an error."""
    wanted = Printing(**printing)
    go_on = partial(_go_on, concurrency=concurrency, retry_errors=retry_errors)
    folder = options.run_folder(run, results, config)
    found = Run(folder)
    found.refresh()
    if found.phase == "finished":
        click.echo(f"{folder.name} is complete; nothing is missing", err=True)
        return print_report(found, wanted)
    check_printing(wanted, folder.parent, found.spec.subject.name)
    return carry_out(partial(go_on, folder), wanted, detach=detach)


def _go_on(folder: Path, *, concurrency: int | None, retry_errors: bool) -> Path:
    run = Run(folder)
    run.refresh()
    # The wish alone is enough: its worker may have read it and not yet said so.
    if run.alive and (run.phase == "stopping" or read_control(folder).wanted == "stop"):
        click.echo("it is stopping; what is in flight is waited for", err=True)
        wait_until_free(journal_path(folder))
    try:
        launch.resume(folder, retry_errors=retry_errors)
    except RunBusy:
        launch.proceed(folder)
    if concurrency:
        launch.set_concurrency(folder, concurrency)
    return folder
