"""All that reaches into lm-eval's private parts, or patches lm-eval and what it imports.

Each of these was written for lm-eval 0.4.13, whose public functions leave no other way, and has a
test of its own: run those before `lm_eval_version.TESTED` is extended.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from stack_tui.benchmarks.catalog.task_index import TaskEntry


@contextmanager
def without_chardet() -> Iterator[None]:
    """Hide chardet from imports.

    lm-eval imports `requests`, which imports chardet, a second's work, to guess encodings of
    answers that are never asked for. Without it `requests` does with charset-normalizer.
    """
    sys.modules["chardet"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["chardet"]


with without_chardet():
    import lm_eval.utils
    from lm_eval.api.group import Group
    from lm_eval.api.instance import Instance
    from lm_eval.api.task import Task
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._factory import TaskFactory
    from lm_eval.tasks._index import Entry, Kind, TaskIndex
    from lm_eval.tasks._yaml_loader import load_yaml

Overrides = dict[str, Any] | None


class ResultSource(Protocol):
    """The two methods of a task by which lm-eval scores its documents."""

    def doc_iterator(self, **options: Any) -> Iterator[tuple[int, Any]]:
        """Yield the documents' indices and the documents; called for one filter after the other."""
        ...

    def process_results(self, doc: Any, results: Sequence[Any]) -> dict[str, Any]:
        """Return the metrics of the document."""
        ...


# Gets a task's name, its whole configuration, a group's overrides, and lm-eval's own function that
# makes the task of overrides; returns the task.
BuildTask = Callable[[str, Mapping[str, Any], Overrides, Callable[[Overrides], Task]], Task]


def memoize_templates() -> None:
    """Compile each Jinja template once (`lm_eval.utils.env.from_string`).

    lm-eval compiles a task's templates anew for every document and few-shot example. That is most
    of the time that a benchmark takes to build. Prompts stay equal.
    """
    compile_anew = lm_eval.utils.env.from_string
    compiled: dict[str, Any] = {}

    def from_string(source: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(source, str):
            return compile_anew(source, *args, **kwargs)
        if source not in compiled:
            if len(compiled) >= 4096:  # a task whose templates come from its documents
                compiled.clear()
            compiled[source] = compile_anew(source)
        return compiled[source]

    lm_eval.utils.env.from_string = from_string


def parse_yaml_in_c() -> None:
    """Have `yaml.safe_load` use libyaml.

    `datasets` parses a dataset's card again for each of its subsets, 57 times for MMLU.
    """
    import yaml  # type: ignore[import-untyped]

    yaml.safe_load = partial(yaml.load, Loader=yaml.CSafeLoader)


def redirect_datasets(folder: Path) -> None:
    """Have `datasets.load_dataset` load by its hub name what `folder` holds under that name.

    Tasks name their datasets in YAML, and lm-eval has no option for another place.
    """
    datasets: Any = importlib.import_module("datasets")
    load = datasets.load_dataset

    def load_dataset(path: str, *args: Any, **kwargs: Any) -> Any:
        local = folder / path if isinstance(path, str) and not path.startswith((".", "/")) else None
        found = local is not None and local.is_dir()
        return load(str(local) if found else path, *args, **kwargs)

    datasets.load_dataset = load_dataset


class _HookedFactory(TaskFactory):  # type: ignore[misc]
    """lm-eval's own factory, with `build_task` around the making of each task."""

    def __init__(self, build_task: BuildTask) -> None:
        super().__init__()
        self._hook = build_task

    def _build_task(self, entry: Entry, overrides: Overrides) -> Task:
        config = load_yaml(entry.yaml_path, resolve_func=False) if entry.yaml_path else {}
        config |= overrides or {}
        name = str(config.get("task") or entry.name)
        return self._hook(name, config, overrides, partial(super()._build_task, entry))


def new_manager(entries: Mapping[str, TaskEntry], build_task: BuildTask) -> TaskManager:
    """Return a manager that knows these tasks and makes each one through `build_task`.

    TaskManager would index all of lm-eval's tasks, which takes 6 s (`task_index`, `TaskIndex`), and
    makes all tasks before it returns any (`_factory`): a task could neither be refused before its
    code runs nor be begun while the others are loaded.
    """
    manager = TaskManager(include_defaults=False)
    for entry in entries.values():
        _register(manager.task_index, entry)
    manager._factory = _HookedFactory(build_task)
    return manager


def _register(index: dict[str, Entry], entry: TaskEntry) -> None:
    if entry.kind == "tag":
        index[entry.name] = Entry(entry.name, Kind.TAG, None, tags=set(entry.members))
        return
    within: dict[str, Entry] = {}
    path = Path(entry.path)
    TaskIndex.process_cfg(load_yaml(path, resolve_func=False), path, within)
    index[entry.name] = within[entry.name]


def load(manager: TaskManager, name: str) -> list[Task | Group]:
    """Return the tasks and groups that `name` stands for, as lm-eval would evaluate them.

    `TaskManager.load` returns tasks by name, without the groups that hold them (`_load_spec`).
    """
    found = manager._load_spec(name)
    return found if isinstance(found, list) else [found]


def filters_of(task: Task) -> list[Any]:
    """Return the task's filter ensembles.

    `Task.apply_filters` filters all documents at once; a document is scored when it is answered.
    """
    return list(task._filters)


def set_requests(task: Task, instances: Sequence[Instance]) -> None:
    """Make these the task's requests, and keep `simple_evaluate` from building them again.

    They hold the recorded answers, and building draws the few-shot examples anew (`_instances`).
    """
    task._instances = list(instances)
    task.build_all_requests = _build_nothing


def hold_documents(task: Task) -> None:
    """Have the task give the same documents each time that it is asked for those it evaluates.

    It runs `process_docs` each time, which may shuffle or draw at random: answers would be scored
    against other documents than those that were asked (`Task.eval_docs`).
    """
    documents = task.eval_docs
    if task.has_test_docs():
        task.test_docs = lambda: documents
    else:
        task.validation_docs = lambda: documents


def set_results(task: Task, source: ResultSource) -> None:
    """Have `simple_evaluate` take the documents to score, and their results, from `source`."""
    task.doc_iterator = source.doc_iterator
    task.process_results = source.process_results


def _build_nothing(**options: Any) -> None:
    del options
