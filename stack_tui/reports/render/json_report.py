"""A run's report as one JSON document: the keys of the custom-eval format, and more."""

from typing import Any

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.reports.measures.attacks import attack_rates
from stack_tui.reports.measures.calibration import calibration
from stack_tui.reports.measures.choice_confidence import choice_confidence
from stack_tui.reports.measures.cost import cost
from stack_tui.reports.measures.cut_prompts import cut_prompts
from stack_tui.reports.measures.duels.duel_summary import DuelSummary, duel_summary
from stack_tui.reports.measures.error_groups import error_groups
from stack_tui.reports.measures.holdout_summary import holdout
from stack_tui.reports.measures.judge_agreement import panel_report
from stack_tui.reports.measures.left_out import left_out
from stack_tui.reports.measures.noise import noise_of
from stack_tui.reports.measures.summary import in_order, intervals, summarize
from stack_tui.reports.measures.task_results import task_results
from stack_tui.reports.measures.temperatures import settings_of
from stack_tui.reports.number_format import reach
from stack_tui.reports.stats.power import smallest_paired_difference
from stack_tui.runs import labels
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import BenchmarkSubject, DuelSubject, Subject
from stack_tui.runs.view import RunView

_MATCH_FIELDS = ("id", "repeat", "temperature", "status", "winner", "outputs", "verdicts", "flags")
_LEFT_OUT = ("at", "kind", "place", "prompt", "prefix")


def report_document(view: RunView) -> dict[str, Any]:
    """Return the report as plain data; a suite's `results` are in the order of its cases.

    Held-out cases are in `holdout` and in `results`, and in no other figure.
    """
    if isinstance(view.spec.subject, BenchmarkSubject):
        return _benchmark(view) | {**_errors(view), "cost": _cost(view), "run": _run(view)}
    if isinstance(view.spec.subject, DuelSubject):
        return _duel(view) | {**_errors(view), "cost": _cost(view), "run": _run(view)}
    return {
        "summary": _summary(view),
        "intervals": msgspec.to_builtins(intervals(view.open_samples)),
        "holdout": msgspec.to_builtins(holdout(view)),
        "power": _power(view),
        **_settings(view),
        **_errors(view),
        "attacks": msgspec.to_builtins(attack_rates(in_order(view.open_samples))),
        "labels": msgspec.to_builtins(calibration(view)),
        "panel": msgspec.to_builtins(panel_report(view)),
        "cost": _cost(view),
        "results": [_result(sample) for sample in in_order(view.samples)],
        "run": _run(view),
        # The custom-eval format has no findings: the key is there if a run has any.
        **({"findings": _findings(view)} if view.findings else {}),
    }


def _findings(view: RunView) -> list[Any]:
    return [msgspec.to_builtins(finding) for finding in view.findings.values()]


def _benchmark(view: RunView) -> dict[str, Any]:
    """Return the document of a benchmark run; its samples are in lm-eval's own files."""
    return {
        "summary": {
            "planned": view.total.planned,
            "done": view.total.done,
            "passed": view.total.passed,
            "failed": view.total.failed,
            "status": view.total.status,
        },
        "tasks": msgspec.to_builtins(task_results(view)),
        "scores": view.scores.results if view.scores else None,
        "missing": view.scores.missing if view.scores else {},
        "findings": _findings(view),
        **_confidence(view),
        **_cut_prompts(view),
    }


def _confidence(view: RunView) -> dict[str, Any]:
    """Return the calibration on choices, if there are enough of them."""
    found = choice_confidence(view)
    return {} if found is None else {"confidence": msgspec.to_builtins(found)}


def _cut_prompts(view: RunView) -> dict[str, Any]:
    """Return how much of the prompts the model did not see, by task, if there is any."""
    found = cut_prompts(view)
    return {"cut_prompts": msgspec.to_builtins(found)} if found else {}


def _errors(view: RunView) -> dict[str, Any]:
    """Return the errors by reason, if there are any."""
    groups = error_groups(in_order(view.open_samples))
    return {"errors": msgspec.to_builtins(groups)} if groups else {}


def _duel(view: RunView) -> dict[str, Any]:
    """Return the document of a duel: its figures, its matches, and the cases set apart."""
    return {
        "summary": _duel_summary(duel_summary(view)),
        "results": [_match(sample) for sample in in_order(view.samples)],
        "apart": [
            {"pair": plan.name, "why": why, "sample": name}
            for plan in view.plan.values()
            for why, names in plan.apart.items()
            for name in names
        ],
    }


def _duel_summary(summary: DuelSummary) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(summary)
    for name, pairs in (("pairs", summary.pairs), ("holdout", summary.holdout)):
        for pair, row in zip(pairs, found[name], strict=True):
            row |= {"verdict": pair.verdict, "settle": pair.settle}
    return found


def _match(sample: Sample) -> dict[str, Any]:
    found: dict[str, Any] = {"verdicts": [], "flags": [], "repeat": 0, "status": "ok", "winner": ""}
    found["temperature"] = None
    found |= msgspec.to_builtins(sample)
    return {"pair": sample.task} | {name: found[name] for name in _MATCH_FIELDS}


def _settings(view: RunView) -> dict[str, Any]:
    """Return the noise, the repeats, or the summary of each of several temperatures."""
    if noise := noise_of(view):
        return {"noise": msgspec.to_builtins(noise)}
    settings = settings_of(view)
    if len(settings) > 1:
        return {"settings": msgspec.to_builtins(settings)}
    repeats = settings[0].repeats
    return {"repeats": msgspec.to_builtins(repeats)} if repeats else {}


def _summary(view: RunView) -> dict[str, Any]:
    """Return the figures, and the number of labels of each kind."""
    figures: dict[str, Any] = msgspec.to_builtins(summarize(view.open_samples))
    return figures | {"labels": labels.counts(view.labels.values())}


def _power(view: RunView) -> dict[str, Any]:
    summary = summarize(view.open_samples)
    return {
        "smallest_difference": smallest_paired_difference(summary.n_independent),
        "saying": reach(summary.n_independent, summary.n_cases),
    }


def _cost(view: RunView) -> Any:
    return msgspec.to_builtins(cost(view))


def _result(sample: Sample) -> dict[str, Any]:
    issues = [str(issue) for issue in sample.rule_issues]
    first = {
        "id": sample.id,
        "output": sample.output,
        "rule_score": sample.rule_score,
        "rule_issues": issues,
        "judge_score": sample.judge_score,
        "passed": sample.passed,
        "status": sample.status,
        "repeat": sample.repeat,
        "verdicts": [],
        "flags": [],
    }
    more: dict[str, Any] = msgspec.to_builtins(sample) | {"rule_issues": issues}
    return first | {key: more[key] for key in more if key not in _LEFT_OUT}


def _named(endpoint: Endpoint) -> dict[str, Any]:
    return {"name": endpoint.name, "url": endpoint.url, "model": endpoint.model}


def _subject(subject: Subject) -> dict[str, Any]:
    """Return the subject under the name of its kind, and None under the other two."""
    fields = msgspec.to_builtins(subject)
    return {"suite": None, "benchmark": None, "duel": None, fields.pop("kind"): fields}


def _run(view: RunView) -> dict[str, Any]:
    """Return what was evaluated and its progress; never a key, for a view holds none."""
    spec = view.spec
    return {
        "id": spec.id,
        "subject": spec.subject.name,
        "created": spec.created,
        "note": spec.note,
        "origin": msgspec.to_builtins(spec.origin),
        "endpoint": _named(spec.endpoint),
        "judges": [_named(judge) for judge in spec.judges],
        **_subject(spec.subject),
        "repeats": spec.repeats,
        "temperatures": spec.temperatures,
        "noise": spec.noise,
        "versions": view.started.versions if view.started else {},
        "server": view.started.server if view.started else {},
        "planned": view.total.planned,
        "done": view.total.done,
        "outcome": view.finished.outcome if view.finished else None,
        "active_s": round(view.active_s, 3),
        **_not_sent(view),
    }


def _not_sent(view: RunView) -> dict[str, Any]:
    """Return what servers refused of the requests, nothing if they took all of them."""
    found = left_out(view.samples)
    return {"not_sent": msgspec.to_builtins(found)} if found else {}
