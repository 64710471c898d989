"""A run's tasks under their groups, each group with the sum of its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from stack_tui.tui.state.snapshot import Counts, TaskRow

if TYPE_CHECKING:
    from stack_tui.reports.measures.lm_eval_scores import RecordedScore
    from stack_tui.reports.measures.task_results import MetricMean

_NONE: Mapping[str, RecordedScore] = {}
_NO_MEANS: Mapping[str, MetricMean] = {}

BranchPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A task, or a group of them; `path` leads to it from the outermost group."""

    path: BranchPath
    counts: Counts
    group: bool
    folded: bool = False
    record: RecordedScore | None = None
    mean: MetricMean | None = None

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def label(self) -> str:
        """The name without the prefix of the outermost group, which the tree shows already."""
        return self.name.removeprefix(f"{self.path[0]}_")


def task_tree(
    tasks: Sequence[TaskRow],
    folded: Collection[BranchPath] = (),
    recorded: Mapping[str, RecordedScore] = _NONE,
    means: Mapping[str, MetricMean] = _NO_MEANS,
) -> list[Branch]:
    """Return groups and tasks in the order of the plan, without what is in folded groups.

    A group weighs every sample of its tasks alike, as lm-eval does when it weighs by size, until it
    has its score of record in `recorded`. One with a task in `means` has no accuracy until then.
    """
    sums: dict[BranchPath, Counts] = {}
    leaves: dict[BranchPath, Counts] = {}
    children: dict[BranchPath, dict[BranchPath, None]] = {}
    without_accuracy: set[BranchPath] = set()
    for task in tasks:
        path = (*(task.plan.groups if task.plan else ()), task.name)
        leaves[path] = task.counts
        for depth in range(1, len(path) + 1):
            children.setdefault(path[: depth - 1], {})[path[:depth]] = None
            if depth < len(path):
                group = path[:depth]
                sums[group] = _added(sums.get(group, Counts()), task.counts)
                if task.name in means:
                    without_accuracy.add(group)

    def under(above: BranchPath) -> Iterator[Branch]:
        for path in children.get(above, ()):
            group, shut = path in sums, path in folded
            counts = sums[path] if group else leaves[path]
            if path in without_accuracy:
                counts = replace(counts, passed=0, failed=0)
            name = path[-1]
            mean = None if group else means.get(name)
            yield Branch(path, counts, group, shut, recorded.get(name), mean)
            if not shut:
                yield from under(path)

    return list(under(()))


def _added(one: Counts, other: Counts) -> Counts:
    names = (each.name for each in fields(Counts))
    return Counts(**{name: getattr(one, name) + getattr(other, name) for name in names})
