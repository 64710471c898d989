"""The score of record of a benchmark run: lm-eval's own numbers, with its standard errors.

`recorded_score(view, task)` is the one number that stands for a task or a group, whatever its
metric: accuracy, perplexity, BLEU. Lists and panes of runs can show it with `RecordedScore.text`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from stack_tui.reports.stats.sample_intervals import (
    recorded_mean_interval,
    recorded_rate_interval,
)
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView
from stack_tui.wilson import Interval

_RATES = frozenset({"acc", "acc_norm", "exact_match", "em"})


class RecordedScore(msgspec.Struct, frozen=True, kw_only=True):
    """One of lm-eval's values."""

    task: str
    """A task or a group of tasks."""
    metric: str
    filter: str
    """How the answer was read from the output; "none" if it was used whole."""
    value: float
    stderr: float | None
    """lm-eval's standard error, None if it gives none."""
    higher_is_better: bool | None
    version: str
    fewshot: int | None
    documents: int = 0
    """How many documents the value is over; 0 if lm-eval does not say."""
    is_rate: bool = False
    """Whether it is a share of documents: each has 0 or 1."""

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval: Wilson's for a share of documents, else by Student's t."""
        if self.is_rate:
            return recorded_rate_interval(self.value, self.stderr or 0.0, self.documents)
        return recorded_mean_interval(self.value, self.stderr or 0.0, self.documents)

    def with_missing(self, view: RunView, *, passed: bool) -> tuple[float, Interval | None] | None:
        """Return the rate and its interval with all unanswered documents as right, or as wrong.

        None if there are none, or if it is no rate.
        """
        lacking = unanswered_documents(view, self.task)
        if not (lacking and self.is_rate and self.documents):
            return None
        total = self.documents + lacking
        right = lacking if passed == (self.higher_is_better is not False) else 0
        value = (self.value * self.documents + right) / total
        return value, recorded_rate_interval(value, self.stderr or 0.0, total)

    @property
    def key(self) -> str:
        """The metric as plans name it: "name,filter"."""
        return f"{self.metric},{self.filter}"

    @property
    def label(self) -> str:
        """The metric, with its filter if the output was not used whole."""
        return self.metric if self.filter == "none" else f"{self.metric} ({self.filter})"

    @property
    def name(self) -> str:
        """What gates call it, such as mmlu.acc or gsm8k.exact_match.strict-match."""
        parts = (self.task, self.metric, "" if self.filter == "none" else self.filter)
        return ".".join(filter(None, parts))

    @property
    def direction(self) -> str:
        """An arrow up if higher is better, down if lower is, nothing if lm-eval does not say."""
        return arrow(self.higher_is_better)

    @property
    def text(self) -> str:
        """The metric and its value on one line, such as acc 0.681 ± 0.004."""
        error = "" if self.stderr is None else f" ± {self.stderr:.3f}"
        return f"{self.metric} {self.value:.3f}{error}"


def arrow(higher_is_better: bool | None) -> str:
    """Return an arrow to where a metric is better, "" if lm-eval does not say."""
    return {True: " ↑", False: " ↓", None: ""}[higher_is_better]


def metric_directions(view: RunView) -> dict[str, bool]:
    """Return whether a higher value is better, by metric as "name,filter", as far as known."""
    planned = {
        plan.metric: plan.higher_is_better
        for plan in view.plan.values()
        if plan.higher_is_better is not None
    }
    recorded = {
        score.key: score.higher_is_better
        for score in recorded_scores(view)
        if score.higher_is_better is not None
    }
    return planned | recorded


def recorded_scores(view: RunView) -> tuple[RecordedScore, ...]:
    """Return all values, groups and tasks in lm-eval's order; none before the run is scored."""
    return tuple(_scores(view.scores.results)) if view.scores else ()


def _scores(document: Mapping[str, Any]) -> Iterator[RecordedScore]:
    fewshot, versions = _part(document, "n-shot"), _part(document, "versions")
    tasks_of = _tasks_of(document)
    directions = _part(document, "higher_is_better")
    for task, values in _part(document, "results").items():
        for key, value in values.items():
            metric, comma, filtered = key.partition(",")
            if not comma or metric.endswith("_stderr") or not isinstance(value, (int, float)):
                continue
            error = values.get(f"{metric}_stderr,{filtered}")
            leaves = tasks_of.get(task, (task,))
            shots, higher = fewshot.get(task), _part(directions, task).get(metric)
            yield RecordedScore(
                task=task,
                metric=metric,
                filter=filtered,
                value=value,
                stderr=error if isinstance(error, (int, float)) else None,
                higher_is_better=higher if isinstance(higher, bool) else None,
                version="" if versions.get(task) is None else str(versions[task]),
                fewshot=shots if isinstance(shots, int) else None,
                documents=sum(_size(document, leaf) for leaf in leaves),
                is_rate=all(_is_rate(document, leaf, metric, filtered) for leaf in leaves),
            )


def _tasks_of(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the tasks of each group, those of groups within it too."""
    children: Mapping[str, Sequence[str]] = _part(document, "group_subtasks")

    def under(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if name in above or not children.get(name):
            return (name,)
        return tuple(leaf for child in children[name] for leaf in under(child, (*above, name)))

    return {group: tuple(dict.fromkeys(under(group, ()))) for group in children}


def _size(document: Mapping[str, Any], task: str) -> int:
    """Return how many documents a task's values are over."""
    count = _part(_part(document, "n-samples"), task).get("effective")
    return count if isinstance(count, int) else 0


def _is_rate(document: Mapping[str, Any], task: str, metric: str, filtered: str) -> bool:
    """Return whether the task's documents have the metric as 0 or 1.

    The standard error tells: no other values have that of a rate. Without one, or without the
    number of documents, the names of lm-eval's own rates do.
    """
    values = _part(_part(document, "results"), task)
    value, error = values.get(f"{metric},{filtered}"), values.get(f"{metric}_stderr,{filtered}")
    count = _size(document, task)
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        return value is None
    if count < 2 or not isinstance(error, int | float):
        return metric in _RATES
    return math.isclose(error, math.sqrt(value * (1 - value) / (count - 1)), abs_tol=1e-9)


def unanswered_documents(view: RunView, task: str) -> int:
    """Return how many documents of the task or group have no answer."""
    missing = view.scores.missing if view.scores else {}
    groups = {name: plan.groups for name, plan in view.plan.items()}
    return sum(count for name, count in missing.items() if task in (name, *groups.get(name, ())))


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def recorded_score(view: RunView, task: str = "") -> RecordedScore | None:
    """Return the score of a task or a group, None if lm-eval gave it none.

    Without `task` it is that of a run of one task or group. Of several metrics it is the one by
    which samples pass, otherwise lm-eval's first.
    """
    if not task:
        subject = view.spec.subject
        if not isinstance(subject, BenchmarkSubject) or len(subject.tasks) != 1:
            return None
        task = subject.tasks[0]
    return next(iter(scores_by_task(view).get(task, ())), None)


def scores_by_task(view: RunView) -> dict[str, tuple[RecordedScore, ...]]:
    """Return all values of each task and group: first the one by which samples pass, then the rest.

    A group's first value is that of the primary metric of its tasks.
    """
    primary: dict[str, str] = {}
    for plan in view.plan.values():
        for group in plan.groups:
            primary.setdefault(group, plan.metric)
    primary |= {name: plan.metric for name, plan in view.plan.items()}
    found: dict[str, list[RecordedScore]] = {}
    for score in recorded_scores(view):
        found.setdefault(score.task, []).append(score)
    return {
        task: tuple(sorted(scores, key=lambda score: score.key != primary.get(score.task)))
        for task, scores in found.items()
    }
