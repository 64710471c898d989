"""Servers' Prometheus metrics under standard names, and rates between two readings.

Gauges: `running` and `waiting` requests, `kv_cache` (share in use, 0 to 1), `prefix_hit_rate`,
`generation_rate`. Counters: `prompt_tokens`, `generation_tokens`, `prefix_queries`, `prefix_hits`,
`preemptions`, `requests`. Histograms, in seconds: `ttft`, `inter_token`, `e2e`, each kept as its
cumulative buckets, `ttft_bucket_0.5` being the requests within half a second.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from stack_tui.endpoints.kinds.known_kinds import kind_named

COUNTERS = (
    "prompt_tokens",
    "generation_tokens",
    "prefix_queries",
    "prefix_hits",
    "preemptions",
    "requests",
)
HISTOGRAMS = ("ttft", "inter_token", "e2e")
_AVERAGED = frozenset({"kv_cache", "prefix_hit_rate", "started_at"})
_BUCKET = "_bucket_"


def read_metrics(text: str, server_kind: str) -> dict[str, float]:
    """Return the metrics on a page of this kind of server by standard name; empty if unknown.

    Values of several engines and models are summed, shares are averaged. A line that is not a
    metric ends the reading; the lines before it count.
    """
    kind = kind_named(server_kind)
    if kind is None:
        return {}
    names: dict[str, list[str]] = defaultdict(list)
    for standard, owns in kind.metrics.items():
        for own in owns.split():
            names[f"{own}_bucket" if standard in HISTOGRAMS else own].append(standard)
    values: dict[str, list[float]] = defaultdict(list)
    for name, labels, value in _samples(text, tuple(names)):
        for standard in names.get(name, ()):
            bound = labels.get("le", "+Inf")
            if not _is_bound(bound):
                continue
            key = f"{standard}{_BUCKET}{bound}" if standard in HISTOGRAMS else standard
            values[key].append(value)
    # Not fsum, which raises where a sum is too large.
    totals = {
        name: sum(found) / (len(found) if name in _AVERAGED else 1)
        for name, found in values.items()
    }
    return {name: total for name, total in totals.items() if math.isfinite(total)}


def _is_bound(text: str) -> bool:
    """Return whether a bucket's bound is a number, `+Inf` included."""
    try:
        return not math.isnan(float(text))
    except ValueError:
        return False


def rates(
    before: Mapping[str, float], after: Mapping[str, float], seconds: float
) -> dict[str, float]:
    """Return each counter's growth per second, and the share of prefix tokens found in the cache.

    A counter that fell was reset by a restart: it counts from zero. Empty if no time has passed.
    """
    if seconds <= 0:
        return {}
    grown = {
        name: after[name] - before[name] if after[name] >= before[name] else after[name]
        for name in COUNTERS
        if name in before and name in after
    }
    found = {name: growth / seconds for name, growth in grown.items()}
    queries = grown.get("prefix_queries", 0.0)
    if queries > 0 and "prefix_hits" in grown:
        found["prefix_hit_rate"] = min(1.0, grown["prefix_hits"] / queries)
    return found


def quantile(
    before: Mapping[str, float], after: Mapping[str, float], histogram: str, q: float
) -> float | None:
    """Return the `q` quantile in seconds between two readings, None if nothing was counted.

    Interpolates linearly within a bucket, as Prometheus' histogram_quantile does; beyond the last
    finite bound the result is that bound. After a restart the whole second reading counts.
    """
    prefix = f"{histogram}{_BUCKET}"
    buckets = [name for name in after if name.startswith(prefix)]
    bounds = sorted((float(name.removeprefix(prefix)), name) for name in buckets)
    if not bounds:
        return None
    was_reset = after[bounds[-1][1]] < before.get(bounds[-1][1], 0.0)
    counts = [after[name] - (0.0 if was_reset else before.get(name, 0.0)) for _, name in bounds]
    total = counts[-1]
    if total <= 0:
        return None
    wanted, lower, below = q * total, 0.0, 0.0
    for (bound, _), count in zip(bounds, counts, strict=True):
        if count >= wanted and count > below:
            if math.isinf(bound):
                return lower
            return lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = (lower if math.isinf(bound) else bound), count
    return lower


def _samples(text: str, wanted: tuple[str, ...]) -> Iterable[tuple[str, Mapping[str, str], float]]:
    """Yield name, labels and value of the wanted lines only: a page can be big."""
    from prometheus_client.parser import text_string_to_metric_families

    lines = (line for line in text.splitlines() if line.startswith(wanted))
    try:
        for family in text_string_to_metric_families("\n".join(lines) + "\n"):
            for sample in family.samples:
                if math.isfinite(sample.value):
                    yield sample.name, sample.labels, sample.value
    except Exception:
        # The parser raises whatever its own code meets on a page that is no page of metrics.
        return
