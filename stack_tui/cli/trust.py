"""`stack-tui trust`: allow what a folder's files ask for, such as sending a key."""

import sys

import click

from stack_tui.cli import options
from stack_tui.config.foreign_keys import acting_parts
from stack_tui.config.permissions import allow, not_allowed
from stack_tui.runs.store import read_spec
from stack_tui.text import one_line


@click.command("trust")
@click.argument("run", required=False)
@click.option("--yes", is_flag=True, help="Allow it without a question.")
@options.places
def trust_command(run: str | None, yes: bool, places: options.Places) -> int:
    """Allow this folder's stack-tui.toml, or the folder of RUN, to send the keys that it names.

    A file that came with a folder may name any environment variable and any server. Each key is
    sent to a URL only once you have allowed that; what you add or run yourself is allowed already.
    """
    if run is None:
        endpoints = tuple(places.read_config().endpoints.values())
    else:
        endpoints = read_spec(places.run_folder(run)).endpoints
    parts = not_allowed(acting_parts(endpoints))
    if not parts:
        click.echo("Nothing to allow.", err=True)
        return 0
    for part in parts:
        click.echo(f"sends ${one_line(part.variable)} to {one_line(part.url)}", err=True)
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; allow it with --yes")
    if not yes and not click.confirm("Allow it?", err=True):
        return 2
    allow(parts)
    click.echo("Allowed.", err=True)
    return 0
