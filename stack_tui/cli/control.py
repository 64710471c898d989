"""`stack-tui stop`, `pause` and `resume`: saying what is wanted of a run."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from stack_tui.cli import options
from stack_tui.cli.foreground import follow_or_stop
from stack_tui.cli.printing import Printing, print_report, printing_options
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
@click.option("--detach", is_flag=True, help="Return at once.")
@printing_options
@options.places
def resume_command(
    run: str,
    concurrency: int | None,
    detach: bool,
    results: Path | None,
    config: Path | None,
    **printing: Any,
) -> int:
    """Go on with RUN, asking only for what is missing or ended in an error."""
    folder = options.run_folder(run, results, config)
    found = Run(folder)
    found.refresh()
    if found.phase == "finished":
        click.echo(f"{folder.name} is complete; nothing is missing", err=True)
        return print_report(found, Printing(**printing))
    if detach:
        click.echo(_go_on(folder, concurrency).name)
        return 0
    return print_report(follow_or_stop(partial(_go_on, folder, concurrency)), Printing(**printing))


def _go_on(folder: Path, concurrency: int | None) -> Path:
    run = Run(folder)
    run.refresh()
    # The wish alone is enough: its worker may have read it and not yet said so.
    if run.alive and (run.phase == "stopping" or read_control(folder).wanted == "stop"):
        click.echo("it is stopping; what is in flight is waited for", err=True)
        wait_until_free(journal_path(folder))
    try:
        launch.resume(folder)
    except RunBusy:
        launch.proceed(folder)
    if concurrency:
        launch.set_concurrency(folder, concurrency)
    return folder
