"""What was found out about endpoints: what they are and can do, how fast they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stack_tui.names import plural
from stack_tui.reports.number_format import format_latency
from stack_tui.reports.pages.model import Blocks, Callout, Fact, Facts, Page, TableBlock, section
from stack_tui.reports.pages.signs import BAD

if TYPE_CHECKING:
    # The app shows endpoints in its first frame, before it needs a client.
    from stack_tui.config.decode import Endpoint
    from stack_tui.endpoints.capabilities import Capabilities
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health
    from stack_tui.endpoints.latency import Latency
    from stack_tui.errors import Failure

_MODELS_SHOWN = 8


def probe_page(result: ProbeResult) -> Page:
    """Return the result of probing an endpoint as a page."""
    return Page(f"{result.name}  {result.url}", probe_blocks(result))


def probe_blocks(result: ProbeResult) -> Blocks:
    """Return what is wrong with the endpoint, what it is, and what it can do."""
    blocks: Blocks = (failure_callout(result.failure),) if result.failure else ()
    if result.health:
        blocks += (
            Facts((*endpoint_facts(result.health.endpoint, result.health), _models(result.health))),
        )
    return blocks + capability_blocks(result.abilities) if result.abilities else blocks


def failure_callout(failure: Failure) -> Callout:
    """Return what is wrong, and the remedy."""
    return Callout(BAD, failure.message, remedy=failure.remedy)


def endpoint_facts(endpoint: Endpoint, health: Health | None) -> tuple[Fact, ...]:
    """Return how the endpoint is configured, and what its server shows."""
    served = health.model if health else None
    context = health.context_length if health else None
    latency = health.latency_s if health else None
    rows = (
        ("model", endpoint.model or served or ""),
        ("server", f"{health.server_kind} {health.version}".strip() if health else ""),
        ("context", f"{context:,} tokens" if context else ""),
        ("latency", format_latency(latency) if latency else ""),
        ("key", f"from ${endpoint.api_key_env}" if endpoint.api_key_env else "none"),
        ("concurrency", f"max {endpoint.concurrency}" if endpoint.concurrency else "automatic"),
        ("timeout", format_latency(endpoint.timeout_s)),
        ("note", health.note if health else ""),
    )
    return tuple(Fact(label, value) for label, value in rows if value)


def _models(health: Health) -> Fact:
    names = ", ".join(model.id for model in health.models[:_MODELS_SHOWN])
    more = len(health.models) - _MODELS_SHOWN
    return Fact("serves", f"{names} and {more} more" if more > 0 else names or "no model")


def capability_blocks(capabilities: Capabilities) -> Blocks:
    """Return what the endpoint can do, and how benchmarks are scored on it."""
    from stack_tui.benchmarks.scoring.methods import Wanted, route_for
    from stack_tui.endpoints.examine import describe

    wanted: tuple[Wanted, ...] = ("short choices", "choices", "whole texts", "written answers")
    abilities = Facts(tuple(Fact(name, ", ".join(all_)) for name, all_ in describe(capabilities)))
    routes = []
    for each in wanted:
        route = route_for(each, capabilities)
        value = f"● {route}" if route else "✗ such tasks cannot run here"
        routes.append(Fact(each, value, "good" if route else "bad"))
    note = "how benchmarks are scored here"
    return section("capabilities", abilities) + section("routes", Facts(tuple(routes)), note=note)


def latency_page(found: Sequence[Latency]) -> Page:
    """Return how fast the endpoints answer, side by side."""
    from stack_tui.endpoints.latency import format_rate, format_seconds

    rows = tuple(
        (
            each.name,
            each.model or "–",
            format_seconds(each.first_token_s),
            format_seconds(each.total_s),
            format_rate(each.tokens_per_s),
        )
        for each in found
    )
    columns = ("endpoint", "model", "first token", "whole answer", "tokens/s")
    failures = (
        Callout(BAD, each.name, f"after {plural(each.done, 'request')}: {each.failure.message}")
        for each in found
        if each.failure
    )
    return Page("latency: median (range)", (TableBlock(columns, rows), *failures))
