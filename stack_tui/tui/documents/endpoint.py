"""An endpoint: how it is, what it serves, and what to do where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from stack_tui.config import EMBEDDED, Endpoint
from stack_tui.text import one_line
from stack_tui.tui import figures
from stack_tui.tui.documents.load import load_blocks
from stack_tui.tui.load import Load
from stack_tui.tui.prose import Block, field, heading, line
from stack_tui.tui.signs import AT_REST, HEALTH, UNKNOWN, Sign

if TYPE_CHECKING:
    from stack_tui.endpoints.health import Health
    from stack_tui.endpoints.kinds.kind import Model

Origin = Literal["configured", "found here", "used by a run", "built in"]

TINY = (
    "a tiny model (SmolLM2, 135 million parameters), there to show the tool: trust no score of it"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An endpoint, where it is known from, and its latest answer."""

    endpoint: Endpoint
    origin: Origin
    health: Health | None = None
    load: Load | None = None

    @property
    def sign(self) -> Sign:
        if self.health is None:
            return UNKNOWN
        resting = self.health.state == "down" and self.health.failure is None
        return AT_REST if resting and self.endpoint.url == EMBEDDED else HEALTH[self.health.state]

    @property
    def model(self) -> str:
        """The model that is asked for, or that it serves."""
        served = self.health.model if self.health else None
        return self.endpoint.model or served or ""

    @property
    def server(self) -> str:
        """Its server kind and version."""
        return f"{self.health.server_kind} {self.health.version}".strip() if self.health else ""


def brief_blocks(seen: Seen) -> list[Block]:
    """Return what stands under the list: what is wrong and the remedy, else what it serves."""
    health = seen.health
    busy = load_blocks(seen.load)
    if seen.endpoint.url == EMBEDDED:
        return [line((TINY, "dim")), *busy]
    if health and health.failure:
        blocks: list[Block] = [line((health.failure.message, "bad"))]
        remedy = health.failure.remedy
        return [*blocks, line(("→ ", "dim"), remedy)] if remedy else blocks
    note = f"  {health.note}" if health and health.note else ""
    return [line((f"{seen.origin}  {one_line(seen.endpoint.url)}{note}", "dim")), *busy]


def endpoint_blocks(seen: Seen) -> list[Block]:
    """Return the endpoint's document."""
    endpoint, health = seen.endpoint, seen.health
    blocks: list[Block] = [
        line(
            (f"{seen.sign}  ", seen.sign.tone),
            (endpoint.name, "strong"),
            ("  " + seen.origin, "dim"),
        )
    ]
    if endpoint.url == EMBEDDED:
        blocks.append(line((TINY, "warn")))
    if health and health.failure:
        blocks += [line(""), line((f"{health.failure.kind}: {health.failure.message}", "bad"))]
        if health.failure.remedy:
            blocks.append(line(("→ ", "dim"), health.failure.remedy))
    blocks += [line(""), *_facts(seen)]
    if busy := load_blocks(seen.load):
        blocks += [line(""), heading("Load", ("over the last half minute", "dim")), *busy]
    if health and health.models:
        blocks += [line(""), heading("Models", figures.count(len(health.models)))]
        for model in health.models:
            blocks.append(line(model.id, (f"  {_said_of(model)}", "dim")))
    return blocks


def _said_of(model: Model) -> str:
    said = [f"{model.context_length:,} tokens" if model.context_length else ""]
    said.append("loaded" if model.loaded else "")
    said.append(f"{model.vram_bytes / (1 << 30):.1f} GB of VRAM" if model.vram_bytes else "")
    said.append(f"unloads {figures.moment(model.expires_at)}" if model.expires_at else "")
    said.append(model.quantization)
    return ", ".join(filter(None, said))


def _facts(seen: Seen) -> list[Block]:
    endpoint, health = seen.endpoint, seen.health
    context = health.context_length if health else None
    facts = {
        "url": endpoint.url,
        "model": seen.model,
        "server": seen.server,
        "context": f"{context:,} tokens" if context else "",
        "latency": figures.latency(health.latency_s) if health and health.latency_s else "",
        "key": f"from ${endpoint.api_key_env}" if endpoint.api_key_env else "none",
        "in flight": f"{endpoint.concurrency} at most"
        if endpoint.concurrency
        else "as many as help",
        "timeout": figures.latency(endpoint.timeout_s),
        "note": health.note if health else "",
        "asked": figures.moment(health.checked_at) if health else "not yet",
    }
    return [field(label, one_line(text)) for label, text in facts.items() if text]
