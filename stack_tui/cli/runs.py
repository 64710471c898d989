"""`stack-tui runs`, `watch` and `report`: list runs, follow one, print its report."""

import click
import msgspec

from stack_tui.cli import options
from stack_tui.cli.follow import follow, progress
from stack_tui.cli.options import Places
from stack_tui.cli.printing import Printing, print_report, printing_options
from stack_tui.errors import StackError
from stack_tui.runs import store
from stack_tui.runs.store import Run
from stack_tui.text import one_line


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
        click.echo(msgspec.json.encode([_row(run) for run in found]))
        return
    if not found:
        click.echo(f"{folder} contains no runs yet. Start one with: stack-tui eval SUITE", err=True)
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
