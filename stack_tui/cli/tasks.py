"""`stack-tui tasks`: list lm-eval's tasks and groups, and how an endpoint would run them."""

import asyncio

import click
import msgspec

from stack_tui.benchmarks.catalog.catalog import Catalog, TaskMember, open_catalog
from stack_tui.benchmarks.scoring.methods import expected_route, generative_variant
from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.endpoints.capabilities import Capabilities
from stack_tui.endpoints.examine import probe_endpoint
from stack_tui.text import one_line


class TaskListing(msgspec.Struct, frozen=True, kw_only=True):
    """A task, or a group with its number of tasks; `route` is None if it cannot run."""

    name: str
    kind: str
    tasks: int = 1
    output_type: str = ""
    route: str | None = None
    instead: str | None = None


@click.command("tasks")
@click.argument("pattern", default="*")
@options.endpoint_choice
@click.option("--include-path", help="A folder with more tasks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def tasks_command(
    pattern: str,
    choice: options.EndpointChoice,
    include_path: str | None,
    as_json: bool,
    places: options.Places,
) -> int:
    """List the lm-eval tasks and groups whose names contain PATTERN or match it as a glob.

    With an endpoint, print the scoring method that each would use there.
    """
    capabilities = None
    if choice.endpoint or choice.url:
        capabilities = asyncio.run(probe_endpoint(choice.resolve(places.read_config())))
    catalog = open_catalog(include_path)
    names = [pattern] if pattern in catalog.entries else catalog.match(pattern)
    if not names:
        catalog.find(pattern)
    rows = [_row(catalog, name, capabilities) for name in names]
    if len(names) == 1 and catalog.entries[names[0]].kind != "task":
        members = catalog.members(names[0])
        rows += [_member_row(catalog, member, capabilities) for member in members]
    if as_json:
        print_json(rows, compact=True)
    else:
        click.echo("\n".join(_line(row, capabilities is not None) for row in rows))
    return 0


def _row(catalog: Catalog, name: str, capabilities: Capabilities | None) -> TaskListing:
    kind = catalog.entries[name].kind
    if capabilities is None:
        return TaskListing(name=name, kind=kind)
    members = catalog.members(name)
    if not members:
        return TaskListing(name=name, kind=kind, tasks=0)
    first = _member_row(catalog, members[0], capabilities)
    instead = None if first.route else generative_variant(name, catalog)
    return msgspec.structs.replace(first, name=name, kind=kind, tasks=len(members), instead=instead)


def _member_row(
    catalog: Catalog, member: TaskMember, capabilities: Capabilities | None
) -> TaskListing:
    if capabilities is None:
        return TaskListing(name=member.name, kind="task")
    facts = member.facts()
    route = expected_route(facts, capabilities)
    return TaskListing(
        name=member.name,
        kind="task",
        output_type=facts.output_type,
        route=route,
        instead=None if route else generative_variant(member.name, catalog),
    )


def _line(row: TaskListing, probed: bool) -> str:
    line = f"{one_line(row.name):<52} {row.kind:<6}"
    if not probed:
        return line.rstrip()
    instead = f"; instead: {row.instead}" if row.instead else ""
    how = row.route or f"cannot run here{instead}"
    count = f"{row.tasks:>4} task{' ' if row.tasks == 1 else 's'}"
    return f"{line} {count}  {row.output_type:<22} {how}"
