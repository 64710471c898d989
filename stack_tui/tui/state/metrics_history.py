"""A server's load: its metrics over a recent window."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_WINDOW_S = 30.0
_KEPT_S = 300.0
_BARS = "▁▂▃▄▅▆▇█"

Percentiles = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of the last minutes, one value per reading, oldest first."""

    running: tuple[float, ...] = ()
    waiting: tuple[float, ...] = ()
    kv_cache: tuple[float, ...] = ()
    tokens_in: tuple[float, ...] = ()
    tokens_out: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """Requests, shares from 0 to 1, tokens and requests per second, and percentiles in seconds.

    The percentiles are the 50th and the 95th. If a server has its metrics switched off, `note`
    says how to switch them on.
    """

    running: float | None = None
    waiting: float | None = None
    kv_cache: float | None = None
    prefix_hits: float | None = None
    tokens_in: float | None = None
    tokens_out: float | None = None
    first_token: Percentiles | None = None
    between_tokens: Percentiles | None = None
    whole_answer: Percentiles | None = None
    requests: float | None = None
    preempted: float | None = None
    recent: Series = Series()
    note: str = ""


class LoadHistory:
    """The readings of one server's metrics over the last minutes."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, Mapping[str, float]]] = deque()

    def add(self, at: float, metrics: Mapping[str, float]) -> Load:
        """Add a reading taken at `at` (seconds since 1970), and return the load."""
        from stack_tui.endpoints.metrics import rates

        self._readings.append((at, metrics))
        while self._readings[0][0] < at - _KEPT_S:
            self._readings.popleft()
        before_at, before = next(read for read in self._readings if read[0] >= at - _WINDOW_S)
        growth = rates(before, metrics, at - before_at)
        return Load(
            running=metrics.get("running"),
            waiting=metrics.get("waiting"),
            kv_cache=metrics.get("kv_cache"),
            prefix_hits=growth.get("prefix_hit_rate", metrics.get("prefix_hit_rate")),
            tokens_in=growth.get("prompt_tokens"),
            tokens_out=growth.get("generation_tokens", metrics.get("generation_rate")),
            first_token=_percentiles(before, metrics, "ttft"),
            between_tokens=_percentiles(before, metrics, "inter_token"),
            whole_answer=_percentiles(before, metrics, "e2e"),
            requests=growth.get("requests"),
            preempted=growth.get("preemptions"),
            recent=self._recent(),
        )

    def _recent(self) -> Series:
        from stack_tui.endpoints.metrics import rates

        grown = [
            rates(before, after, later - earlier)
            for (earlier, before), (later, after) in pairwise(self._readings)
        ]

        def gauge(name: str) -> tuple[float, ...]:
            return tuple(values[name] for _, values in self._readings if name in values)

        def counter(name: str) -> tuple[float, ...]:
            return tuple(growth[name] for growth in grown if name in growth)

        return Series(
            running=gauge("running"),
            waiting=gauge("waiting"),
            kv_cache=gauge("kv_cache"),
            tokens_in=counter("prompt_tokens"),
            tokens_out=counter("generation_tokens") or gauge("generation_rate"),
        )


def sparkline(values: tuple[float, ...], width: int, top: float | None = None) -> str:
    """Return the last `width` values as bars; `top`, or else the highest, fills a cell.

    Returns "" for no values and for zeros only.
    """
    shown = values[-width:]
    highest = max(shown, default=0.0)
    if highest <= 0:
        return ""
    full = max(top or 0.0, highest)
    return "".join(_BARS[max(0, min(7, int(value / full * 7.999)))] for value in shown)


def _percentiles(
    before: Mapping[str, float], after: Mapping[str, float], histogram: str
) -> Percentiles | None:
    from stack_tui.endpoints.metrics import quantile

    middle = quantile(before, after, histogram, 0.5)
    high = quantile(before, after, histogram, 0.95)
    return None if middle is None or high is None else (middle, high)
