"""One document's metrics by lm-eval's own code, as soon as its answers are there."""

import math
from collections.abc import Sequence
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from stack_tui.benchmarks.harness.document_results import DocumentResult, process
from stack_tui.benchmarks.harness.lm_eval_private import filters_of
from stack_tui.benchmarks.harness.protocol import AnswerValue, Scored
from stack_tui.benchmarks.harness.request_building import LoadedTask, is_higher_better

_MOST_CHARACTERS = 2000


def enter(instances: Sequence[Instance], values: Sequence[Sequence[AnswerValue]]) -> None:
    """Store the answers where lm-eval looks for them, in the order of the requests."""
    ordered = sorted(instances, key=lambda instance: instance.idx)
    for instance, answers in zip(ordered, values, strict=True):
        instance.resps = [tuple(one) if isinstance(one, list) else one for one in answers]
        instance.filtered_resps = {}


def withdraw(instances: Sequence[Instance]) -> None:
    """Remove the answers: the score of record leaves the document out."""
    for instance in instances:
        instance.resps = []
        instance.filtered_resps = {}


def score(built: LoadedTask, doc_id: int, metric: str) -> Scored:
    """Return the document's metrics by lm-eval's own filters and `process_results`; keep them.

    `metric` is the task's primary one, as "name,filter".
    """
    task, instances = built.task, built.instances[doc_id]
    for ensemble in filters_of(task):
        ensemble.apply(instances)
    ordered = sorted(instances, key=lambda instance: instance.idx)
    metrics: dict[str, float] = {}
    extracted: dict[str, str] = {}
    found: dict[str, DocumentResult] = {}
    for key in ordered[0].filtered_resps:
        results = [instance.filtered_resps[key] for instance in ordered]
        found[key] = process(task.process_results, ordered[0].doc, results)
        for name, value in found[key].metrics.items():
            number = _number(value)
            if number is not None:
                metrics[f"{name},{key}"] = number
        if task.OUTPUT_TYPE == "generate_until":
            extracted[key] = str(results[0])[:_MOST_CHARACTERS]
    built.results[doc_id] = found
    return Scored(
        task=built.name,
        doc=doc_id,
        metrics=metrics,
        extracted=extracted,
        passed=does_pass(metrics.get(metric), lower=is_higher_better(task, metric) is False),
        chosen=_chosen(task, ordered, metric),
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool | int | float) or hasattr(value, "dtype"):
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None
        return number if math.isfinite(number) else None
    return None


def does_pass(value: float | None, *, lower: bool) -> bool | None:
    """Return whether the value passes; a fraction neither passes nor fails."""
    return None if value is None or value not in (0.0, 1.0) else value == float(not lower)


def _chosen(task: Task, ordered: Sequence[Instance], metric: str) -> int | None:
    """Return the choice that the metric counts as the answer; `acc_norm` divides by length."""
    if task.OUTPUT_TYPE != "multiple_choice":
        return None
    choices = task.doc_to_choice(ordered[0].doc)
    logprobs = [one.resps[0][0] for one in ordered[: len(choices)]]
    if metric.startswith("acc_norm"):
        logprobs = [lp / max(1, len(text)) for lp, text in zip(logprobs, choices, strict=False)]
    return max(range(len(logprobs)), key=logprobs.__getitem__)
