"""An endpoint: its health, what it serves, and how to fix it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from stack_tui.config.decode import EMBEDDED
from stack_tui.reports.pages.model import Fact, Facts
from stack_tui.text import one_line
from stack_tui.tui.load_page import load_blocks, load_details
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, heading, line
from stack_tui.tui.ui.icons import HEALTH
from stack_tui.tui.ui.page_view import page_blocks

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.health import Health
    from stack_tui.endpoints.kinds.server_kind import Model
    from stack_tui.errors import Failure

_GIB = 1 << 30
_FOR_GOOD_S = 365 * 86_400

TINY = "a tiny model (SmolLM2, 135 million parameters) for demonstration; ignore its scores"


def brief_blocks(seen: EndpointView) -> list[Block]:
    """Return a few lines for under the list: the problem and its remedy, or what it serves."""
    health = seen.health
    if seen.endpoint.url == EMBEDDED:
        return [line((TINY, "dim")), *load_blocks(seen.busy)]
    if health and health.failure:
        return _wrong(health, health.failure)
    loaded = _loaded(health.models, health.checked_at) if health else []
    note = f"  {health.note}" if health and health.note and not loaded else ""
    where = line((f"{seen.known_as}  {one_line(seen.endpoint.url)}{note}", "dim"))
    return [where, *loaded, *load_blocks(seen.busy)]


def endpoint_blocks(seen: EndpointView, probe_key: str, probing: str = "") -> list[Block]:
    """Return the endpoint's page; `probing` is shown while it is being probed."""
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
        note: Part = ("over 30 s, and the last minutes", "dim")
        blocks += [line(""), heading("Load", note), *load_details(seen.busy)]
    if health and health.models:
        blocks += [line(""), heading("Models", format.count(len(health.models)))]
        for model in health.models:
            facts = _model_facts(model, health.checked_at)
            blocks.append(line(one_line(model.id), (f"  {facts}", "dim")))
    return [*blocks, line(""), *_abilities(seen.finding, probing, probe_key)]


def _wrong(health: Health, failure: Failure) -> list[Block]:
    """Return its problem; a server that is still loading has none."""
    if health.state != "loading":
        return _failure(failure)
    message = one_line(failure.message)
    hint = "It is checked every few seconds. vLLM and llama.cpp may take minutes."
    return [line((f"loading its model ({message})", "warn")), line((f"→ {hint}", "dim"))]


def _failure(failure: Failure) -> list[Block]:
    # Imported when it is drawn: the page's module needs the client, a cost at the app's start.
    from stack_tui.reports.pages.endpoint_report import failure_callout

    return page_blocks([failure_callout(failure)])


def _abilities(finding: ProbeResult | None, probing: str, probe_key: str) -> list[Block]:
    if probing:
        return [heading("Capabilities"), line((probing, "warn"))]
    if finding and finding.abilities:
        from stack_tui.reports.pages.endpoint_report import capability_blocks

        return page_blocks(capability_blocks(finding.abilities))
    if finding and finding.failure:
        return [heading("Capabilities"), *_failure(finding.failure)]
    hint: Part = (" probes what it can do, with about 20 requests of a few tokens", "dim")
    return [heading("Capabilities"), line((probe_key, "accent"), hint)]


def _loaded(models: Sequence[Model], now: float) -> list[Block]:
    """Return the models in memory of a server that loads them on demand, one per line."""
    held = [model for model in models if model.loaded and model.vram_bytes is not None]
    return [line(one_line(m.id, 40), (f"  {_model_facts(m, now)}", "dim")) for m in held]


def _model_facts(model: Model, now: float) -> str:
    facts = [f"{model.context_length:,} tokens" if model.context_length else ""]
    facts.append("loaded" if model.loaded and model.vram_bytes is None else "")
    if model.vram_bytes is not None:
        of = f" of {model.size_bytes / _GIB:.1f}" if model.size_bytes else ""
        partly = of if model.size_bytes and model.vram_bytes < model.size_bytes else ""
        facts.append(f"{model.vram_bytes / _GIB:.1f}{partly} GB in VRAM")
    facts.append(_until(model.expires_at, now))
    facts.append(model.quantization)
    return ", ".join(filter(None, facts))


def _until(moment: str, now: float) -> str:
    """Return how long a model stays loaded, as of `now` (seconds since 1970)."""
    try:
        left = datetime.fromisoformat(moment).timestamp() - now
    except (ValueError, OverflowError):
        return ""
    if left > _FOR_GOOD_S:
        return "stays loaded"
    return f"unloads in {format.time_left(left)}" if left > 0 else "unloading"


def _facts(seen: EndpointView) -> list[Block]:
    checked = format.moment(seen.health.checked_at) if seen.health else "not yet"
    from stack_tui.reports.pages.endpoint_report import endpoint_facts

    facts = endpoint_facts(seen.endpoint, seen.health)
    url = Fact("url", seen.endpoint.url)
    return page_blocks([Facts((url, *facts, Fact("checked", checked)))])
