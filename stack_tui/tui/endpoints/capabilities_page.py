"""What an endpoint was found to be when it was asked: abilities, routes, or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, field, heading, line
from stack_tui.tui.ui.icons import HEALTH

if TYPE_CHECKING:
    from stack_tui.endpoints.capabilities import Capabilities
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health
    from stack_tui.errors import Failure

_SHOWN_MODELS = 8
_ROUTE_WIDTH = 17


def finding_blocks(finding: ProbeResult) -> list[Block]:
    """Return what the test of an endpoint found."""
    blocks: list[Block] = []
    if finding.failure:
        blocks += failure_blocks(finding.failure)
    if health := finding.health:
        sign = HEALTH[health.state]
        blocks += [line((f"{sign}  ", sign.tone), f"{health.server_kind} {health.version}")]
        blocks += _facts(health)
    if finding.abilities:
        blocks += [line(""), *ability_blocks(finding.abilities)]
    return blocks


def failure_blocks(failure: Failure) -> list[Block]:
    """Return what is wrong, and the remedy."""
    blocks: list[Block] = [line(("✗ ", "bad"), (failure.message, "bad"))]
    return [*blocks, line(("→ ", "dim"), failure.remedy)] if failure.remedy else blocks


def ability_blocks(abilities: Capabilities) -> list[Block]:
    """Return what it can be asked for, and by which routes benchmarks run on it."""
    from stack_tui.benchmarks.scoring.methods import Wanted, route_for
    from stack_tui.endpoints.examine import describe

    wanted: tuple[Wanted, ...] = ("short choices", "choices", "whole texts", "written answers")
    blocks: list[Block] = [heading("Capabilities")]
    blocks += [field(title, ", ".join(listed)) for title, listed in describe(abilities)]
    blocks += [line(""), heading("Routes", ("how benchmarks are scored here", "dim"))]
    for each in wanted:
        route = route_for(each, abilities)
        none: Part = ("✗ such tasks cannot run here", "bad")
        blocks.append(field(each, (f"● {route}", "good") if route else none, width=_ROUTE_WIDTH))
    return blocks


def _facts(health: Health) -> list[Block]:
    names = [model.id for model in health.models[:_SHOWN_MODELS]]
    more = len(health.models) - len(names)
    context = health.context_length
    facts = {
        "model": health.model or "none is named, and it serves several",
        "serves": ", ".join(names) + (f" and {more} more" if more > 0 else ""),
        "context": f"{context:,} tokens" if context else "",
        "latency": format.latency(health.latency_s) if health.latency_s else "",
        "note": health.note,
    }
    return [field(label, text) for label, text in facts.items() if text]
