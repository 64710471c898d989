"""The load of an endpoint, in a few lines or with its last minutes."""

from __future__ import annotations

from collections.abc import Callable

from stack_tui.tui.state.metrics_history import Load, Percentiles, sparkline
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, field, line

_SPARK = 24
_WIDE_SPARK = 60
_LABEL = 14
_FIGURE = 22


def load_blocks(load: Load | None) -> list[Block]:
    """Return requests and caches, tokens per second, and latencies, as far as they are known."""
    if load is None:
        return []
    requests = _figures(
        ("running", _whole(load.running)),
        ("waiting", _whole(load.waiting)),
        ("kv", format.percent(load.kv_cache) if load.kv_cache is not None else ""),
        ("prefix", format.percent(load.prefix_hits) if load.prefix_hits is not None else ""),
        ("preempted", format.rate(load.preempted) if load.preempted else ""),
    )
    tokens = _figures(("in", _rate(load.tokens_in)), ("out", _rate(load.tokens_out)))
    if tokens:
        tokens += [(" tok/s  ", "dim"), (sparkline(load.recent.tokens_out, _SPARK), "accent")]
    latencies = _figures(
        ("TTFT", _percentiles(load.first_token)),
        ("between", _percentiles(load.between_tokens)),
    )
    if latencies:
        latencies.append((" p50/p95", "dim"))
    note: list[Part] = [(load.note, "dim")] if load.note else []
    return [line(*parts) for parts in (requests, tokens, latencies, note) if parts]


def load_figures(load: Load | None) -> list[Part]:
    """Return the figures that matter most, for the end of a line."""
    if load is None:
        return []
    return _figures(
        ("run", _whole(load.running)),
        ("wait", _whole(load.waiting)),
        ("kv", format.percent(load.kv_cache) if load.kv_cache is not None else ""),
        ("tok/s", _rate(load.tokens_out)),
    )


def load_details(load: Load) -> list[Block]:
    """Return one line per figure, with its last minutes beside it."""
    recent = load.recent
    rows: tuple[tuple[str, str, tuple[float, ...], Callable[[float], str], float | None], ...] = (
        ("running", _whole(load.running), recent.running, _whole, None),
        ("waiting", _whole(load.waiting), recent.waiting, _whole, None),
        ("KV cache", _share(load.kv_cache), recent.kv_cache, format.percent, 1.0),
        ("tokens in", _per_second(load.tokens_in), recent.tokens_in, _per_second, None),
        ("tokens out", _per_second(load.tokens_out), recent.tokens_out, _per_second, None),
        ("requests", format.rate(load.requests) if load.requests is not None else "", (), str, 0),
        ("prefix hits", _found(load.prefix_hits), (), str, 0),
        ("preemptions", format.rate(load.preempted) if load.preempted else "", (), str, 0),
        ("first token", _percentiles(load.first_token, named=True), (), str, 0),
        ("between tokens", _percentiles(load.between_tokens, named=True), (), str, 0),
        ("whole answer", _percentiles(load.whole_answer, named=True), (), str, 0),
    )
    blocks = [
        field(label, *_course(value, series, shown, top), width=_LABEL + 2)
        for label, value, series, shown, top in rows
        if value
    ]
    return [*blocks, line((load.note, "dim"))] if load.note else blocks


def _course(
    value: str, series: tuple[float, ...], shown: Callable[[float], str], top: float | None
) -> list[Part]:
    bars = sparkline(series, _WIDE_SPARK, top)
    if not bars:
        return [value]
    return [value.ljust(_FIGURE), (bars, "accent"), (f"  up to {shown(max(series))}", "dim")]


def _figures(*pairs: tuple[str, str]) -> list[Part]:
    parts: list[Part] = []
    for label, value in pairs:
        if value:
            parts += [(f"{'  ' if parts else ''}{label} ", "dim"), value]
    return parts


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _share(value: float | None) -> str:
    return "" if value is None else format.percent(value)


def _found(value: float | None) -> str:
    return "" if value is None else f"{format.percent(value)} of prompt tokens"


def _rate(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value / 1000:.1f}k" if value >= 1000 else f"{value:.0f}"


def _per_second(value: float | None) -> str:
    return "" if value is None else f"{_rate(value)}/s"


def _percentiles(bounds: Percentiles | None, *, named: bool = False) -> str:
    """Return both, with the unit once if it is the same."""
    if bounds is None:
        return ""
    middle, high = map(format.latency, bounds)
    if named:
        return f"{middle} p50   {high} p95"
    number, _, unit = middle.partition(" ")
    return f"{number}/{high}" if high.endswith(f" {unit}") else f"{middle}/{high}"
