"""The score of record of a benchmark run: lm-eval's own numbers, with its standard errors.

`recorded_score(view, task)` is the one number that stands for a task or a group, whatever its
metric: accuracy, perplexity, BLEU. Lists and panes of runs can show it with `RecordedScore.text`.
"""

from collections.abc import Iterator, Mapping
from statistics import NormalDist
from typing import Any

import msgspec

from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView
from stack_tui.wilson import Interval

_Z = NormalDist().inv_cdf(0.975)


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

    @property
    def interval(self) -> Interval | None:
        """The value ± 1.96 standard errors."""
        if self.stderr is None:
            return None
        return self.value - _Z * self.stderr, self.value + _Z * self.stderr

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
    directions = _part(document, "higher_is_better")
    for task, values in _part(document, "results").items():
        for key, value in values.items():
            metric, comma, filtered = key.partition(",")
            if not comma or metric.endswith("_stderr") or not isinstance(value, (int, float)):
                continue
            error = values.get(f"{metric}_stderr,{filtered}")
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
            )


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
