"""The score of record of a benchmark run, as figures that a gate can ask for."""

from statistics import NormalDist
from typing import Any

from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.view import RunView

_Z = NormalDist().inv_cdf(0.975)


def recorded(view: RunView) -> dict[str, tuple[float, Interval | None]]:
    """Return lm-eval's values by name, such as mmlu.acc or gsm8k.exact_match.strict-match.

    An interval is the value ± 1.96 of lm-eval's own standard errors, None where it gives none.
    """
    found: dict[str, tuple[float, Interval | None]] = {}
    results: dict[str, dict[str, Any]] = {}
    if view.scores:
        results = view.scores.results.get("results", {})
    for task, values in results.items():
        for key, value in values.items():
            metric, comma, filtered = key.partition(",")
            if not comma or metric.endswith("_stderr") or not isinstance(value, (int, float)):
                continue
            name = ".".join([task, metric, *([] if filtered == "none" else [filtered])])
            error = values.get(f"{metric}_stderr,{filtered}")
            reach = _Z * error if isinstance(error, (int, float)) else None
            found[name] = value, None if reach is None else (value - reach, value + reach)
    return found
