"""Load lm-eval's tasks unmodified, with the options of a run, inside the harness process."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from lm_eval.api.group import Group
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager

from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.benchmarks.harness import lm_eval_private
from stack_tui.benchmarks.harness.loading_errors import (
    TaskError,
    UnsuitableTask,
    explained,
    missing_variable,
)
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject


@dataclass(frozen=True)
class LoadedTasks:
    """What lm-eval evaluates: its manager, and the tasks and groups of the run."""

    manager: TaskManager
    items: list[Task | Group]
    replaced: dict[str, int]
    """How many other tasks had a task's name, and are not evaluated, by name."""


def load_tasks(
    spec: BenchmarkSubject,
    entries: Mapping[str, TaskEntry],
    metadata: Mapping[str, Any],
    on_task: Callable[[Task], object],
) -> LoadedTasks:
    """Return the run's tasks and groups; raises TaskError for one that cannot be loaded.

    Calls `on_task` with each task, configured, before the next one is loaded.
    """

    def check(name: str, config: Mapping[str, Any], made_by: type[Task] | None) -> None:
        _refuse_unsuitable(name, config, made_by, spec)

    manager = lm_eval_private.new_manager(entries, check, metadata)
    items: list[Task | Group] = []
    for name in spec.tasks:
        with _explaining(name, {}, spec):
            items += lm_eval_private.load_items(manager, name)
    _refuse_duplicates(manager, items)
    replaced = lm_eval_private.replaced_tasks(manager)
    tasks = lm_eval_private.unmade_tasks(manager, items)
    # lm-eval's own seeds: tasks may draw from these generators while they are made, and lm-eval
    # itself draws when it names them, which here comes first.
    random.seed(0)
    np.random.seed(1234)
    for name, unmade in tasks.items():
        if not spec.trust_remote_code and unmade.config.get("dataset_kwargs"):
            unmade.config["dataset_kwargs"].pop("trust_remote_code", None)
        with _explaining(name, unmade.config, spec):
            unmade.make()
            lm_eval_private.load_missing_metrics(unmade.task)
        _refuse_forbidden_metric(name, unmade.task)
        configure(unmade.task, spec)
        _refuse_too_few_examples(name, unmade.task, spec)
        on_task(unmade.task)
    return LoadedTasks(manager, items, replaced)


@contextmanager
def _explaining(name: str, config: Mapping[str, Any], spec: BenchmarkSubject) -> Iterator[None]:
    """Raise what keeps a task from loading as the error that explains it."""
    try:
        yield
    except StackError:
        raise
    except lm_eval_private.UnreadableEntry as error:
        raise explained(error.name, error.raised, error.config, spec) from error
    except (Exception, SystemExit) as error:
        raise explained(name, error, config, spec) from error


def _refuse_unsuitable(
    name: str, config: Mapping[str, Any], made_by: type[Task] | None, spec: BenchmarkSubject
) -> None:
    """Raise UnsuitableTask for what lm-eval's `evaluate` refuses, before any of it is loaded."""
    # lm-eval takes everything but False for a yes.
    unsafe = config.get("unsafe_code", False) is not False or getattr(made_by, "UNSAFE_CODE", False)
    if unsafe and not spec.confirm_unsafe:
        raise UnsuitableTask(
            f"the task {name} runs code that the model writes",
            remedy="Run it in a place where that can do no harm, with --confirm-unsafe.",
        )
    if (
        config.get("doc_to_image")
        or config.get("doc_to_audio")
        or getattr(made_by, "MULTIMODAL", False)
    ):
        raise UnsuitableTask(
            f"the task {name} has images or audio, which stack-tui cannot send",
            remedy="Choose a text-only task.",
        )


def _refuse_duplicates(manager: TaskManager, items: Sequence[Task | Group]) -> None:
    """Raise UnsuitableTask for a task named twice whose scores lm-eval would confuse."""
    seen: dict[str, str] = {}
    for item in items:
        group = isinstance(item, Group)
        for task in item.get_all_tasks() if group else [item]:
            name = name_of(task)
            source = item.name if group else lm_eval_private.source_of(manager, task)
            if seen.setdefault(name, source) != source:
                raise UnsuitableTask(
                    f"the task {name} is in both {seen[name]} and {source}",
                    remedy="Name only one of them: lm-eval has one score for each task name.",
                )


def _refuse_forbidden_metric(name: str, task: Task) -> None:
    """Raise TaskError for the metric that runs code, which would fail on every document."""
    if "code_eval" in lm_eval_private.hub_metrics(task):
        variable = "HF_ALLOW_CODE_EVAL"
        if os.environ.get(variable) != "1":
            raise missing_variable(name, variable)


def _refuse_too_few_examples(name: str, task: Task, spec: BenchmarkSubject) -> None:
    """Raise UnsuitableTask if the few-shot examples are fewer than each document needs."""
    needed = task.config.num_fewshot or 0
    room = lm_eval_private.fewshot_room(task)
    if room is None or needed <= room:
        return
    wanted = "--fewshot asks" if spec.fewshot is not None else "its YAML file asks"
    raise UnsuitableTask(
        f"the task {name} has {room} few-shot examples for a document, but {wanted} for {needed}",
        remedy=f"Use --fewshot {room}, or less." if room else "Use --fewshot 0.",
    )


def refuse_difference(loaded: LoadedTasks, built: Mapping[str, Task]) -> None:
    """Raise TaskError unless the built tasks are exactly those that lm-eval will evaluate."""
    expected = loaded.manager.load(list(loaded.items))["tasks"]
    differing = sorted(
        name for name in expected.keys() | built.keys() if expected.get(name) is not built.get(name)
    )
    if differing:
        raise TaskError(
            f"lm-eval evaluates other tasks than were loaded: {', '.join(differing[:8])}"
            + (f" and {len(differing) - 8} more" if len(differing) > 8 else ""),
            remedy="Run these tasks one by one, and report this.",
        )


def name_of(task: Task) -> str:
    """Return the task's name; lm-eval's `task_name` draws a random number if it has none."""
    return str(task.config.task)


def configure(task: Task, spec: BenchmarkSubject) -> None:
    """Set few-shot count, seed and generation arguments as lm-eval's `simple_evaluate` does."""
    if task.get_config("output_type") == "generate_until" and spec.gen:
        task.set_config("generation_kwargs", dict(spec.gen), update=True)
    if spec.fewshot is None:
        if task.get_config("num_fewshot") is None:
            task.set_config("num_fewshot", 0)
    elif task.get_config("num_fewshot") != 0:
        task.set_config("num_fewshot", spec.fewshot)
    task.set_fewshot_seed(seed=spec.seed)
