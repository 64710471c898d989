"""`stack-tui doctor`: print each endpoint's capabilities, or what is wrong with it."""

import asyncio
from collections.abc import Sequence

import click
import msgspec

from stack_tui.cli import options
from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.examine import ProbeResult, describe, examine
from stack_tui.endpoints.probe import Health, discover
from stack_tui.text import one_line

_SHOWN_MODELS = 5


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
        from stack_tui.cli.latency_table import print_latencies

        return print_latencies(endpoints, as_json=as_json)
    findings = asyncio.run(_examine(endpoints))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings), indent=2))
    else:
        click.echo("\n\n".join(map(_text, findings)))
    return 0 if all(finding.failure is None for finding in findings) else EndpointError.exit_code


def _all(config: Config) -> list[Endpoint]:
    if config.endpoints:
        return list(config.endpoints.values())
    found = [health.endpoint for health in asyncio.run(discover())]
    if not found:
        raise options.no_endpoint()
    return found


async def _examine(endpoints: Sequence[Endpoint]) -> list[ProbeResult]:
    return await asyncio.gather(*map(examine, endpoints))


def _text(finding: ProbeResult) -> str:
    sign = "✗" if finding.failure else "●"
    lines = [f"{sign} {one_line(finding.name)}  {one_line(finding.url)}"]
    if health := finding.health:
        lines += [f"    {name:<11}{value}" for name, value in _known(health)]
    if abilities := finding.abilities:
        lines += [f"    {title:<11}{', '.join(listed)}" for title, listed in describe(abilities)]
    if failure := finding.failure:
        lines.append(f"    {'problem':<11}{one_line(failure.message)}")
        if failure.remedy:
            lines.append(f"    {'remedy':<11}{one_line(failure.remedy)}")
    return "\n".join(lines)


def _known(health: Health) -> list[tuple[str, str]]:
    models = ", ".join(model.id for model in health.models[:_SHOWN_MODELS])
    more = len(health.models) - _SHOWN_MODELS
    rows = [
        ("kind", f"{health.server_kind} {health.version}".strip()),
        ("model", health.model or "none is named, and it serves several"),
        ("serves", f"{models} and {more} more" if more > 0 else models),
        ("context", f"{health.context_length:,} tokens" if health.context_length else "unknown"),
        ("latency", f"{health.latency_s * 1000:.0f} ms" if health.latency_s else "unknown"),
        ("note", health.note),
    ]
    return [(name, one_line(value)) for name, value in rows if value]
