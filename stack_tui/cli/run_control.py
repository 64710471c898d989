"""`stack-tui stop`, `pause` and `resume`: control a run's worker."""

from functools import partial
from pathlib import Path

import click

from stack_tui.cli import options
from stack_tui.cli.follow import run_to_report
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, check_printing, print_report, printing_options
from stack_tui.runs.journal import RunBusy, wait_until_free
from stack_tui.runs.store import Run, journal_path, read_control
from stack_tui.worker import control


@click.command("stop")
@click.argument("run", default="latest")
@options.places
def stop_command(run: str, places: Places) -> None:
    """Stop RUN once the requests in flight are answered. `resume` continues it."""
    folder = places.run_folder(run)
    control.stop(folder)
    click.echo(f"{folder.name} is stopping; continue it with: stack-tui resume {folder.name}")


@click.command("pause")
@click.argument("run", default="latest")
@options.places
def pause_command(run: str, places: Places) -> None:
    """Have RUN send no new requests until `resume`."""
    folder = places.run_folder(run)
    control.pause(folder)
    click.echo(f"{folder.name} is paused; continue it with: stack-tui resume {folder.name}")


@click.command("resume")
@click.argument("run", default="latest")
@click.option("--concurrency", type=click.IntRange(1), help="Change the max concurrent requests.")
@click.option(
    "--retry-errors/--leave-errors",
    default=True,
    help="Retry samples that ended in an error (default), or run only those that are missing.",
)
@options.detach_option
@printing_options
@options.places
def resume_command(
    run: str,
    concurrency: int | None,
    retry_errors: bool,
    detach: bool,
    printing: Printing,
    places: Places,
) -> int:
    """Continue RUN with the samples that are missing or ended in an error."""
    folder = places.run_folder(run)
    found = Run(folder)
    found.refresh()
    if found.phase == "finished":
        click.echo(f"{folder.name} is complete; nothing is missing", err=True)
        return print_report(found, printing)
    check_printing(printing, folder.parent, found.spec.subject.name)
    start = partial(_resume, folder, concurrency=concurrency, retry_errors=retry_errors)
    return run_to_report(start, printing, detach=detach)


def _resume(folder: Path, *, concurrency: int | None, retry_errors: bool) -> Path:
    run = Run(folder)
    run.refresh()
    # The request alone is enough: the worker may have read it and not yet recorded it.
    if run.alive and (run.phase == "stopping" or read_control(folder).wanted == "stop"):
        click.echo("it is stopping; waiting for the requests in flight", err=True)
        wait_until_free(journal_path(folder))
    try:
        control.resume(folder, retry_errors=retry_errors)
    except RunBusy:
        control.proceed(folder)
    if concurrency:
        control.set_concurrency(folder, concurrency)
    return folder
