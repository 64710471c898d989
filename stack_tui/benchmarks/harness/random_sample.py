"""A random sample of documents over all tasks of a run, stratified by task."""

import math
import random
from collections.abc import Sequence

from stack_tui.benchmarks.harness.loading_errors import TaskError
from stack_tui.benchmarks.harness.request_building import LoadedTask


def draw(tasks: Sequence[LoadedTask], documents: int, seed: int) -> None:
    """Let each task run a random share of its documents, `documents` in all if there are as many.

    Raises TaskError if there are fewer documents to draw than tasks.
    """
    if documents < len(tasks):
        raise TaskError(
            f"--sample {documents} is fewer than the run's {len(tasks)} tasks",
            remedy="Draw at least one document for each task, or name fewer tasks.",
        )
    sizes = shares([task.count for task in tasks], documents)
    for task, size in zip(tasks, sizes, strict=True):
        generator = random.Random(f"{seed} {task.name}")  # noqa: S311 - a sample, no secret
        task.indices = sorted(generator.sample(range(task.count), size))
        task.count = size


def shares(totals: Sequence[int], documents: int) -> list[int]:
    """Return how many documents each task gets: in proportion, at least one, by largest remainder.

    >>> shares([100, 50, 50], 20)
    [10, 5, 5]
    """
    whole = sum(totals)
    if documents >= whole:
        return list(totals)
    exact = [documents * total / whole for total in totals]
    found = [max(1, math.floor(share)) for share in exact]
    order = sorted(range(len(totals)), key=lambda n: exact[n] - found[n], reverse=True)
    for place in order[: max(0, documents - sum(found))]:
        found[place] += 1
    for place in reversed(order):  # tasks that got one document though less was due
        found[place] -= min(found[place] - 1, max(0, sum(found) - documents))
    return found
