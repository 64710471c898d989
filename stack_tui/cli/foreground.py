"""A run in the foreground: follow it to its report, stop it with ctrl-c, or detach from it."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from stack_tui.cli.follow import follow
from stack_tui.cli.printing import Printing, print_report
from stack_tui.runs.store import Run
from stack_tui.worker import control


def run_to_report(start: Callable[[], Path], printing: Printing, *, detach: bool) -> int:
    """Start a run, follow it and print its report; with `detach`, return at once instead."""
    if not detach:
        return print_report(follow_or_stop(start), printing)
    name = start().name
    click.echo(json.dumps({"run": name}) if printing.wanted == "json" else name)
    click.echo(f"Follow it with: stack-tui watch {name}", err=True)
    return 0


def follow_or_stop(start: Callable[[], Path]) -> Run:
    """Start a run and follow it to its end; ctrl-c stops it, a second ctrl-c stops waiting."""
    folder: Path | None = None
    try:
        folder = start()
        click.echo(f"run {folder.name}", err=True)
        return follow(folder)
    except KeyboardInterrupt:
        if folder is None:
            raise
        click.echo("\nstopping: waiting for the requests in flight", err=True)
        return _stopped(folder)


def _stopped(folder: Path) -> Run:
    run = Run(folder)
    if run.alive:
        control.stop(folder)
        return follow(folder)
    run.refresh()
    return run
