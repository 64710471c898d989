"""`stack-tui doctor --latency`: how fast the endpoints answer, side by side."""

import asyncio
from collections.abc import Sequence

import click
import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.latency import SENT, Latency, format_rate, format_seconds, time_requests
from stack_tui.text import one_line

_FORM = "{:<16} {:<24} {:>22} {:>22} {:>18}"


def print_latencies(endpoints: Sequence[Endpoint], *, as_json: bool) -> int:
    """Time them all, each by itself beside the others; print a line each."""
    names = ", ".join(one_line(endpoint.name) for endpoint in endpoints)
    click.echo(f"to {names}: {SENT}; ctrl-c ends it", err=True)
    found = asyncio.run(_timed(endpoints))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        click.echo(_FORM.format("endpoint", "model", "first token", "whole answer", "tokens/s"))
        for each in found:
            click.echo(_line(each))
    return 0 if all(each.failure is None for each in found) else EndpointError.exit_code


async def _timed(endpoints: Sequence[Endpoint]) -> list[Latency]:
    return await asyncio.gather(*(time_requests(each, lambda _: None) for each in endpoints))


def _line(found: Latency) -> str:
    shown = _FORM.format(
        one_line(found.name, 16),
        one_line(found.model or "–", 24),
        format_seconds(found.first_token_s),
        format_seconds(found.total_s),
        format_rate(found.tokens_per_s),
    )
    if found.failure is None:
        return shown
    return f"{shown}\n  ✗ after {found.done} requests: {one_line(found.failure.message)}"
