"""How busy an endpoint and this machine's GPUs are, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.text import one_line
from stack_tui.tui import figures
from stack_tui.tui.load import Load, Percentiles, sparkline
from stack_tui.tui.prose import Block, Part, line
from stack_tui.tui.signs import Tone

if TYPE_CHECKING:
    from stack_tui.endpoints.gpu import Gpu, Gpus

_SPARK = 24
_GIB = 1 << 30


def load_blocks(load: Load | None) -> list[Block]:
    """Return requests and caches, then tokens a second, then latencies; what is not told is out."""
    if load is None:
        return []
    requests = _figures(
        ("running", _whole(load.running)),
        ("waiting", _whole(load.waiting)),
        ("kv", figures.percent(load.kv_cache) if load.kv_cache is not None else ""),
        ("prefix", figures.percent(load.prefix_hits) if load.prefix_hits is not None else ""),
        ("preempted", figures.rate(load.preempted) if load.preempted else ""),
    )
    tokens = _figures(("in", _rate(load.tokens_in)), ("out", _rate(load.tokens_out)))
    if tokens:
        tokens += [(" tok/s  ", "dim"), (sparkline(load.recent, _SPARK), "accent")]
    latencies = _figures(
        ("first token", _percentiles(load.first_token)),
        ("between", _percentiles(load.between_tokens)),
    )
    if latencies:
        latencies.append((" p50/p95", "dim"))
    return [line(*parts) for parts in (requests, tokens, latencies) if parts]


def gpu_blocks(gpus: Gpus | None) -> list[Block]:
    """Return one line a GPU, or one quiet line that says why there is none."""
    if gpus is None:
        return []
    if not gpus.gpus:
        return [line((gpus.note, "dim"))]
    return [_gpu(gpu) for gpu in gpus.gpus]


def _gpu(gpu: Gpu) -> Block:
    name = one_line(gpu.name, 30).removeprefix("NVIDIA ").split(" ")[0]
    parts: list[Part] = [(f"GPU{gpu.index} {name}  ", "dim")]
    parts.append(f"{'–' if gpu.utilization is None else gpu.utilization} %  ")
    if gpu.memory_used is not None and gpu.memory_total:
        parts.append(f"{gpu.memory_used / _GIB:.0f}/{gpu.memory_total / _GIB:.0f} GB  ")
    if gpu.temperature_c is not None:
        parts.append(f"{gpu.temperature_c} °C  ")
    if gpu.power_w is not None:
        limit = f"/{gpu.power_limit_w:.0f}" if gpu.power_limit_w else ""
        parts.append(f"{gpu.power_w:.0f}{limit} W  ")
    if gpu.processes:
        parts.append((f"{len(gpu.processes)} on it  ", "dim"))
    if gpu.throttled:
        parts.append((f"! throttled: {', '.join(gpu.throttled)}", "warn"))
    return line(*parts)


def _figures(*pairs: tuple[str, str]) -> list[Part]:
    parts: list[Part] = []
    for label, value in pairs:
        if value:
            tone: Tone = "dim"
            parts += [(f"{'  ' if parts else ''}{label} ", tone), value]
    return parts


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _rate(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value / 1000:.1f}k" if value >= 1000 else f"{value:.0f}"


def _percentiles(bounds: Percentiles | None) -> str:
    return "" if bounds is None else "/".join(figures.latency(value) for value in bounds)
