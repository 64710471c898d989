"""`stack-tui runs`, `watch`, `report` and `compare`: list runs, follow, print or compare them."""

import click

from stack_tui.cli import options
from stack_tui.cli.follow import follow, progress
from stack_tui.cli.json_output import print_json
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, print_report, printing_options
from stack_tui.errors import StackError
from stack_tui.reports.pages.comparison_page import comparison_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs import store
from stack_tui.runs.store import Run
from stack_tui.text import one_line
from stack_tui.worker.compare_runs import compare_runs


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def runs_command(as_json: bool, places: Places) -> None:
    """List all runs, newest last."""
    folder = places.results_folder(places.read_config())
    found = []
    for path in store.folders(folder):
        try:
            run = Run(path)
            run.refresh()
        except (StackError, OSError) as error:
            click.echo(f"stack-tui: {one_line(str(error))}", err=True)
            continue
        found.append(run)
    if as_json:
        print_json([_row(run) for run in found], compact=True)
        return
    if not found:
        place = one_line(str(folder), 1000)
        click.echo(f"{place} contains no runs yet. Start one with: stack-tui eval SUITE", err=True)
    for run in found:
        click.echo(f"{run.folder.name:<52}  {run.phase:<11}  {progress(run)}")


def _row(run: Run) -> dict[str, object]:
    total = run.view.total
    return {
        "id": run.folder.name,
        "subject": run.spec.subject.name,
        "endpoint": run.spec.endpoint.name,
        "model": run.spec.endpoint.model,
        "created": run.spec.created,
        "state": run.phase,
        "planned": total.planned,
        "done": total.done,
        "passed": total.passed,
        "failed": total.failed,
        "status": total.status,
        "note": run.spec.note,
    }


@click.command("watch")
@click.argument("run", default="latest")
@options.places
def watch_command(run: str, places: Places) -> int:
    """Follow RUN in plain lines and print its report when it ends. Ctrl-c stops following only."""
    folder = places.run_folder(run)
    try:
        return print_report(follow(folder, lines=True), Printing())
    except KeyboardInterrupt:
        click.echo(f"\n{folder.name} continues in the background", err=True)
        return 0


@click.command("report")
@click.argument("run", default="latest")
@printing_options
@options.places
def report_command(run: str, printing: Printing, places: Places) -> int:
    """Print the report of RUN, complete or not."""
    found = Run(places.run_folder(run))
    found.refresh()
    return print_report(found, printing)


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B", default="latest")
@click.option(
    "--margin",
    metavar="POINTS",
    type=click.FloatRange(0, 100, min_open=True),
    help="Runs that differ by less are equivalent: 2 points from 1,000 pairs on.",
)
@click.option("--pooled", is_flag=True, help="One verdict over all benchmarks of the runs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def compare_command(
    a: str, b: str, margin: float | None, pooled: bool, as_json: bool, places: Places
) -> int:
    """Compare run B with run A, paired sample by sample.

    Prints flips, paired differences with their intervals, and a verdict for each benchmark: better,
    worse, equivalent or inconclusive.
    """
    runs = [Run(places.run_folder(name)) for name in (a, b)]
    share = None if margin is None else margin / 100
    comparison = compare_runs(*runs, margin=share, pooled=pooled)
    if as_json:
        print_json(comparison)
    else:
        click.echo(render_text(comparison_page(comparison)))
    return 0
