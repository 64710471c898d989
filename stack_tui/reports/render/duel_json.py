"""A duel as one JSON document."""

from typing import Any

import msgspec

from stack_tui.reports.measures.duels.duel_summary import DuelSummary, duel_summary
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView

_FIELDS = ("id", "repeat", "temperature", "status", "winner", "outputs", "verdicts", "flags")


def duel_document(view: RunView) -> dict[str, Any]:
    """Return what report.json holds of a duel: its figures, its matches, and what is set apart."""
    return {
        "summary": _summary(duel_summary(view)),
        "results": [_match(sample) for sample in in_order(view.samples)],
        "apart": [
            {"pair": plan.name, "why": why, "sample": name}
            for plan in view.plan.values()
            for why, names in plan.apart.items()
            for name in names
        ],
    }


def _summary(summary: DuelSummary) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(summary)
    for name, pairs in (("pairs", summary.pairs), ("holdout", summary.holdout)):
        for pair, row in zip(pairs, told[name], strict=True):
            row |= {"verdict": pair.verdict, "settle": pair.settle}
    return told


def _match(sample: Sample) -> dict[str, Any]:
    told: dict[str, Any] = {"verdicts": [], "flags": [], "repeat": 0, "status": "ok", "winner": ""}
    told["temperature"] = None
    told |= msgspec.to_builtins(sample)
    return {"pair": sample.task} | {name: told[name] for name in _FIELDS}
