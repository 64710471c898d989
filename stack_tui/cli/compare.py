"""`stack-tui compare`: compare two runs, with a verdict."""

import click
import msgspec

from stack_tui.cli import options
from stack_tui.reports.pages.comparison_page import comparison_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs.store import Run
from stack_tui.worker.compare_runs import compare_runs


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B", default="latest")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def compare_command(a: str, b: str, as_json: bool, places: options.Places) -> int:
    """Compare run B with run A, paired sample by sample.

    Prints flips, paired differences with their intervals, and a verdict: better, worse or
    inconclusive.
    """
    runs = [Run(places.run_folder(name)) for name in (a, b)]
    comparison = compare_runs(*runs)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(comparison), indent=2))
    else:
        click.echo(render_text(comparison_page(comparison)))
    return 0
