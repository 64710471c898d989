"""An endpoint: how it is, what it serves, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from stack_tui.config.decode import EMBEDDED
from stack_tui.reports.pages.endpoint_report import capability_blocks, failure_callout
from stack_tui.text import one_line
from stack_tui.tui.load_page import load_blocks, load_details
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, field, heading, line
from stack_tui.tui.ui.icons import HEALTH
from stack_tui.tui.ui.page_view import page_blocks

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health
    from stack_tui.endpoints.kinds.server_kind import Model
    from stack_tui.errors import Failure

_GIB = 1 << 30
_FOR_GOOD_S = 365 * 86_400

TINY = (
    "a tiny model (SmolLM2, 135 million parameters), there to show the tool: trust no score of it"
)


def brief_blocks(seen: EndpointView) -> list[Block]:
    """Return what stands under the list: what is wrong and the remedy, else what it serves."""
    health = seen.health
    if seen.endpoint.url == EMBEDDED:
        return [line((TINY, "dim")), *load_blocks(seen.busy)]
    if health and health.failure:
        return _wrong(health, health.failure)
    loaded = _loaded(health.models, health.checked_at) if health else []
    note = f"  {health.note}" if health and health.note and not loaded else ""
    where = line((f"{seen.known_as}  {one_line(seen.endpoint.url)}{note}", "dim"))
    return [where, *loaded, *load_blocks(seen.busy)]


def endpoint_blocks(seen: EndpointView, asking: str = "") -> list[Block]:
    """Return the endpoint's document; `asking` says that its abilities are being found out."""
    endpoint, health = seen.endpoint, seen.health
    sign = HEALTH[seen.state]
    blocks: list[Block] = [
        line((f"{sign}  ", sign.tone), (endpoint.name, "strong"), (f"  {seen.known_as}", "dim"))
    ]
    if endpoint.url == EMBEDDED:
        blocks.append(line((TINY, "warn")))
    if health and health.failure:
        blocks += [line(""), *_wrong(health, health.failure)]
    blocks += [line(""), *_facts(seen)]
    if seen.busy:
        note: Part = ("over half a minute, and the last minutes", "dim")
        blocks += [line(""), heading("Load", note), *load_details(seen.busy)]
    if health and health.models:
        blocks += [line(""), heading("Models", format.count(len(health.models)))]
        for model in health.models:
            said = _said_of(model, health.checked_at)
            blocks.append(line(one_line(model.id), (f"  {said}", "dim")))
    return [*blocks, line(""), *_abilities(seen.finding, asking)]


def _wrong(health: Health, failure: Failure) -> list[Block]:
    """Return what is wrong with it; nothing is where it is only not ready yet."""
    if health.state != "loading":
        return page_blocks([failure_callout(failure)])
    told = one_line(failure.message)
    again = "It is asked again every few seconds; vLLM and llama.cpp may take minutes."
    return [line((f"it is loading its model ({told})", "warn")), line((f"→ {again}", "dim"))]


def _abilities(finding: ProbeResult | None, asking: str) -> list[Block]:
    if asking:
        return [heading("Capabilities"), line((asking, "warn"))]
    if finding and finding.abilities:
        return page_blocks(capability_blocks(finding.abilities))
    if finding and finding.failure:
        return [heading("Capabilities"), *page_blocks([failure_callout(finding.failure)])]
    hint: Part = (" finds out what it can do, by some 20 requests of a few tokens", "dim")
    return [heading("Capabilities"), line(("p", "accent"), hint)]


def _loaded(models: Sequence[Model], now: float) -> list[Block]:
    """Return what is held in memory of a server that loads models on demand, a line each."""
    held = [model for model in models if model.loaded and model.vram_bytes is not None]
    return [line(one_line(m.id, 40), (f"  {_said_of(m, now)}", "dim")) for m in held]


def _said_of(model: Model, now: float) -> str:
    said = [f"{model.context_length:,} tokens" if model.context_length else ""]
    said.append("loaded" if model.loaded and model.vram_bytes is None else "")
    if model.vram_bytes is not None:
        of = f" of {model.size_bytes / _GIB:.1f}" if model.size_bytes else ""
        partly = of if model.size_bytes and model.vram_bytes < model.size_bytes else ""
        said.append(f"{model.vram_bytes / _GIB:.1f}{partly} GB in VRAM")
    said.append(_until(model.expires_at, now))
    said.append(model.quantization)
    return ", ".join(filter(None, said))


def _until(moment: str, now: float) -> str:
    """Return how long a model stays loaded, seen from when that was asked."""
    try:
        left = datetime.fromisoformat(moment).timestamp() - now
    except (ValueError, OverflowError):
        return ""
    if left > _FOR_GOOD_S:
        return "stays loaded"
    return f"unloads in {format.time_left(left)}" if left > 0 else "unloading"


def _facts(seen: EndpointView) -> list[Block]:
    endpoint, health = seen.endpoint, seen.health
    context = health.context_length if health else None
    facts = {
        "url": endpoint.url,
        "model": seen.model,
        "server": seen.server,
        "context": f"{context:,} tokens" if context else "",
        "latency": format.latency(health.latency_s) if health and health.latency_s else "",
        "key": f"from ${endpoint.api_key_env}" if endpoint.api_key_env else "none",
        "in flight": f"{endpoint.concurrency} at most"
        if endpoint.concurrency
        else "as many as help",
        "timeout": format.latency(endpoint.timeout_s),
        "note": health.note if health else "",
        "asked": format.moment(health.checked_at) if health else "not yet",
    }
    return [field(label, one_line(text)) for label, text in facts.items() if text]
