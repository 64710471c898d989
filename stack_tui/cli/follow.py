"""Follow a run to its report: a bar on a terminal, plain lines elsewhere; ctrl-c stops it."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from stack_tui.cli.printing import Printing, print_report
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.errors import StackError
from stack_tui.reports.measures.error_groups import ErrorReason, failures, reason
from stack_tui.reports.render.text_report import error_line, sample_line
from stack_tui.runs.events import Event, Fault, Finding, Finished, Sample, Status
from stack_tui.runs.status_words import STATUS_WORDS, UNANSWERED
from stack_tui.runs.store import Run
from stack_tui.text import one_line
from stack_tui.worker import control

_POLL_S = 0.2
_COUNT_EVERY_S = 10.0
_MOST_SAMPLE_LINES = 200


class FolderGone(StackError):
    """The folder of the followed run no longer exists."""

    exit_code = 4


Show = Callable[[Sequence[Event]], None]


def run_to_report(start: Callable[[], Path], printing: Printing, *, detach: bool) -> int:
    """Start a run, follow it and print its report; with `detach`, return at once instead."""
    if not detach:
        return print_report(follow_or_stop(start), printing)
    name = start().name
    click.echo(json.dumps({"run": name}) if printing.wanted == "json" else name)
    click.echo(f"Follow it with: stack-tui watch {name}", err=True)
    return 0


def print_wait(error: EndpointError, wait_s: float) -> None:
    """Print why a check before the run waits, and for how long."""
    where = f"{error.where}: " if error.where else ""
    click.echo(one_line(f"{where}{error.what}; retrying in {wait_s:.0f} s"), err=True)


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


def follow(folder: Path, *, lines: bool = False) -> Run:
    """Show what the run's worker records until it ends; return the run."""
    run = Run(folder)
    with _bar(run) if sys.stderr.isatty() and not lines else _lines(run) as show:
        while True:
            alive = run.alive
            show(run.refresh())
            if not alive and not folder.exists():
                raise FolderGone("the run was deleted", where=str(folder))
            if not alive:
                return run
            time.sleep(_POLL_S)


@contextmanager
def _lines(run: Run) -> Iterator[Show]:
    last_count = -_COUNT_EVERY_S
    reasons: set[ErrorReason] = set()

    def show(events: Sequence[Event]) -> None:
        nonlocal last_count
        for event in _without_the_end(events):
            if isinstance(event, Sample):
                few = run.view.total.planned <= _MOST_SAMPLE_LINES
                if line := _sample(event, reasons, every=few):
                    click.echo(line, err=True)
            elif isinstance(event, Fault | Finding):
                click.echo(_notice(event), err=True)
        if time.monotonic() - last_count >= _COUNT_EVERY_S:
            last_count = time.monotonic()
            click.echo(progress(run), err=True)

    yield show


@contextmanager
def _bar(run: Run) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.text import Text

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
        console=Console(stderr=True, highlight=False),
        refresh_per_second=4,
    ) as bar:
        task = bar.add_task(one_line(run.spec.subject.name, 40), total=None, pace="")
        reasons: set[ErrorReason] = set()

        def show(events: Sequence[Event]) -> None:
            for event in _without_the_end(events):
                if isinstance(event, Sample) and (line := _sample(event, reasons)):
                    bar.console.print(Text(line))
                elif isinstance(event, Fault | Finding):
                    bar.console.print(Text(_notice(event)))
            total = run.view.total
            planned = None if run.view.plan_is_partial else total.planned or None
            bar.update(task, total=planned, completed=total.done, pace=pace(run))

        yield show


def _without_the_end(events: Sequence[Event]) -> Sequence[Event]:
    """Return the events without the fault that ended the run: the report says why it ended."""
    ends = {event.message for event in events if isinstance(event, Finished)}
    return [event for event in events if not (isinstance(event, Fault) and event.message in ends)]


def _sample(sample: Sample, reasons: set[ErrorReason], *, every: bool = False) -> str:
    """Return the sample on a line; unless `every` one has a line, "" for all but new errors.

    An error is new if none of the `reasons` that had a line so far is its own.
    """
    found = {reason(who, failure) for who, failure in failures(sample)}
    new = found - reasons
    reasons |= found
    if every or new:
        return error_line(sample) or sample_line(sample)
    return ""


def _notice(event: Fault | Finding) -> str:
    if isinstance(event, Fault):
        return one_line(
            f"! {event.where}: {event.message}" if event.where else f"! {event.message}"
        )
    if event.level == "note":
        return one_line(f"{event.task}: {event.seen}. {event.cause}")
    return one_line(f"! {event.task}: {event.seen}; usual cause: {event.cause}")


def progress(run: Run) -> str:
    """Return the run's progress on one line: samples, rate, time left, errors."""
    total, name = run.view.total, one_line(run.spec.subject.name, 40)
    if not total.planned:
        return f"{name}: preparing"
    more = "+" if run.view.plan_is_partial else ""
    return f"{name}: {total.done:,}/{total.planned:,}{more}  {pace(run)}"


def pace(run: Run) -> str:
    """Return rate, time left, errors and truncations, each if there is any."""
    now = time.time()
    parts = []
    if (rate := run.view.rate(now)) is not None:
        parts.append(f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min")
    if left := run.view.time_left_s(now):
        parts.append(f"{timedelta(seconds=round(left))} left")
    counts = run.view.total.status
    problems: tuple[Status, ...] = ("error", "truncated", "unscored", *UNANSWERED)
    parts.extend(
        f"{counts[status]} {STATUS_WORDS[status]}" for status in problems if counts.get(status)
    )
    if run.view.state in ("paused", "stopping"):
        parts.append(run.view.state)
    return "  ".join(parts)
