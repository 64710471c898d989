"""`stack-tui doctor`: print each endpoint's capabilities, or what is wrong with it."""

import asyncio
from collections.abc import Sequence

import click

from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.examine import ProbeResult, examine
from stack_tui.endpoints.latency import SENT, Latency, time_requests
from stack_tui.endpoints.probe import discover
from stack_tui.reports.pages.endpoint_report import latency_page, probe_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.text import one_line


@click.command("doctor")
@options.endpoint_choice
@click.option("--latency", is_flag=True, help="Time a few small requests to each endpoint instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@options.places
def doctor_command(
    choice: options.EndpointChoice,
    latency: bool,
    as_json: bool,
    places: options.Places,
) -> int:
    """Print each endpoint's capabilities, or what is wrong and how to fix it.

    Without an option, checks all configured endpoints, or those that answer on local ports if
    none is configured.
    """
    known = places.read_config()
    endpoints = [choice.resolve(known)] if choice.endpoint or choice.url else _all(known)
    if latency:
        return _print_latencies(endpoints, as_json=as_json)
    found = asyncio.run(_examine(endpoints))
    if as_json:
        print_json(found)
    else:
        click.echo("\n\n".join(render_text(probe_page(result)) for result in found))
    return 0 if all(result.failure is None for result in found) else EndpointError.exit_code


def _all(config: Config) -> list[Endpoint]:
    if config.endpoints:
        return list(config.endpoints.values())
    found = [health.endpoint for health in asyncio.run(discover())]
    if not found:
        raise options.no_endpoint()
    return found


async def _examine(endpoints: Sequence[Endpoint]) -> list[ProbeResult]:
    return await asyncio.gather(*map(examine, endpoints))


def _print_latencies(endpoints: Sequence[Endpoint], *, as_json: bool) -> int:
    names = ", ".join(one_line(endpoint.name) for endpoint in endpoints)
    click.echo(f"to {names}: {SENT}; ctrl-c stops", err=True)
    found = asyncio.run(_time(endpoints))
    if as_json:
        print_json(found)
    else:
        click.echo(render_text(latency_page(found)))
    return 0 if all(each.failure is None for each in found) else EndpointError.exit_code


async def _time(endpoints: Sequence[Endpoint]) -> list[Latency]:
    return await asyncio.gather(*(time_requests(each, lambda _: None) for each in endpoints))
