"""All that reaches into lm-eval's private parts, or patches lm-eval and what it imports.

Each of these was written for lm-eval 0.4.13, whose public functions leave no other way, and has a
test of its own: run those before `lm_eval_version.TESTED` is extended.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
    from lm_eval.api.samplers import ContextSampler, FirstNSampler
    from lm_eval.api.task import ConfigurableTask, Task
    from lm_eval.config.task import TaskConfig
    from lm_eval.tasks import TaskManager, _factory
    from lm_eval.tasks._factory import TaskFactory
    from lm_eval.tasks._index import Entry, Kind, TaskIndex
    from lm_eval.tasks._yaml_loader import load_yaml

TaskSettings = dict[str, Any]
# Gets a task's name, as much of its configuration as is known, and the class that makes it once
# that is imported; raises if the task must not be loaded.
CheckTask = Callable[[str, Mapping[str, Any], type[Task] | None], None]


class UnreadableEntry(Exception):
    """The YAML of a task or group, or the code that it names, cannot be read."""

    def __init__(self, name: str, config: Mapping[str, Any], raised: BaseException) -> None:
        super().__init__(name)
        self.name = name
        self.config = config
        self.raised = raised


@dataclass(frozen=True)
class UnmadeTask:
    """A task that has its place in lm-eval's tree; `make` loads its data and makes it usable."""

    task: Task
    config: TaskSettings
    make: Callable[[], None]


class ResultSource(Protocol):
    """The two methods of a task by which lm-eval scores its documents."""

    def doc_iterator(self, **options: Any) -> Iterator[tuple[int, Any]]:
        """Yield the documents' indices and the documents; called for one filter after the other."""
        ...

    def process_results(self, doc: Any, results: Sequence[Any]) -> dict[str, Any]:
        """Return the metrics of the document."""
        ...


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


class _DeferringFactory(TaskFactory):  # type: ignore[misc]
    """lm-eval's own factory, which builds its tree of tasks without making any.

    lm-eval makes all tasks before it returns any, by the classes that tasks name and by
    `ConfigurableTask`, for tasks of an index as for those that stand inside a group: a task could
    neither be refused before its data is loaded nor be begun while the others are loaded.
    """

    def __init__(self, check: CheckTask, metadata: Mapping[str, Any]) -> None:
        super().__init__(meta=dict(metadata))
        self._check = check
        self.unmade: dict[int, UnmadeTask] = {}

    def build(
        self, entry: Entry, *, overrides: TaskSettings | None = None, registry: dict[str, Entry]
    ) -> Any:
        before = _factory.ConfigurableTask
        _factory.ConfigurableTask = partial(self._defer, ConfigurableTask)
        try:
            return super().build(entry, overrides=overrides, registry=registry)
        finally:
            _factory.ConfigurableTask = before

    def _load_full_config(
        self, entry: Entry, overrides: TaskSettings | None = None
    ) -> TaskSettings:
        """Return the entry's configuration with its functions and classes imported."""
        config = load_yaml(entry.yaml_path, resolve_func=False) if entry.yaml_path else {}
        config |= overrides or {}
        self._check_all(entry.name, config)
        try:
            full: TaskSettings = super()._load_full_config(entry, overrides)
        except (Exception, SystemExit) as error:
            raise UnreadableEntry(entry.name, config, error) from error
        if "class" in full:
            full["class"] = partial(self._defer_class, full["class"], full)
        return full

    def _check_all(self, name: str, config: Mapping[str, Any]) -> None:
        """Check a task, or all tasks that stand inside a group, before their code is imported."""
        members = config.get("task")
        if not isinstance(members, list):
            self._check(str(members or name), config, None)
            return
        for member in members:
            if isinstance(member, dict):
                self._check_all(name, member)

    def _defer_class(self, made_by: type[Task], config: TaskSettings) -> Task:
        return self._defer(made_by, config={**config, "class": made_by})

    def _defer(self, made_by: type[Task], config: TaskSettings) -> Task:
        """Return the task, so far with its name alone."""
        name = config["task"]
        self._check(name, config, made_by)
        task: Task = object.__new__(made_by)
        task._config = TaskConfig(task=name, output_type="loglikelihood")  # the one without advice

        def make() -> None:
            takes_config = made_by is ConfigurableTask or _factory._ctor_accepts_config(made_by)
            made_by.__init__(task, **({"config": config} if takes_config else {}))
            task.config.task = name

        self.unmade[id(task)] = UnmadeTask(task, config, make)
        return task


def new_manager(
    entries: Mapping[str, TaskEntry], check: CheckTask, metadata: Mapping[str, Any]
) -> TaskManager:
    """Return a manager that knows these tasks and calls `check` on each that it comes upon.

    TaskManager would index all of lm-eval's tasks, which takes 6 s (`task_index`, `TaskIndex`).
    """
    manager = TaskManager(include_defaults=False, metadata=dict(metadata))
    for entry in entries.values():
        _register(manager.task_index, entry)
    manager._factory = _DeferringFactory(check, metadata)
    return manager


def _register(index: dict[str, Entry], entry: TaskEntry) -> None:
    if entry.kind == "tag":
        index[entry.name] = Entry(entry.name, Kind.TAG, None, tags=set(entry.members))
        return
    within: dict[str, Entry] = {}
    path = Path(entry.path)
    TaskIndex.process_cfg(load_yaml(path, resolve_func=False), path, within)
    # One that is named by its file has a name of its own in there.
    index[entry.name] = next(one for one in within.values() if one.kind is not Kind.TAG)


def load_items(manager: TaskManager, name: str) -> list[Task | Group]:
    """Return the tasks and groups that `name` stands for, the tasks still unmade.

    `TaskManager.load` returns tasks by name, without the groups that hold them (`_load_spec`).
    """
    found = manager._load_spec(name)
    return found if isinstance(found, list) else [found]


def unmade_tasks(manager: TaskManager, items: Sequence[Task | Group]) -> dict[str, UnmadeTask]:
    """Return the tasks that lm-eval evaluates for these items, by name, in its order.

    Of tasks with the same name it evaluates the last, which gets the place of the others: they are
    never made.
    """
    tasks = manager.load(list(items))["tasks"]

    def settle(group: Group) -> None:
        for name, child in group._children.items():
            if isinstance(child, Group):
                settle(child)
            else:
                group._children[name] = tasks[name]

    for item in items:
        if isinstance(item, Group):
            settle(item)
    return {name: manager._factory.unmade[id(task)] for name, task in tasks.items()}


def replaced_tasks(manager: TaskManager) -> dict[str, int]:
    """Return how often another task had the name of one that lm-eval evaluates, by name.

    The same task with the same settings in several groups is not another one. Call it before the
    tasks are made, which changes their settings.
    """
    by_name: dict[str, list[TaskSettings]] = {}
    for unmade in manager._factory.unmade.values():
        by_name.setdefault(str(unmade.task.config.task), []).append(unmade.config)
    others = {
        name: sum(config != configs[-1] for config in configs[:-1])
        for name, configs in by_name.items()
    }
    return {name: count for name, count in others.items() if count}


def source_of(manager: TaskManager, task: Task) -> str:
    """Return the file that defines the unmade task, "" if it stands inside a group."""
    metadata = manager._factory.unmade[id(task)].config.get("metadata") or {}
    return str(metadata.get("config_source", ""))


def load_missing_metrics(task: Task) -> None:
    """Raise what kept lm-eval from loading a metric of the task, if it uses one that is missing.

    lm-eval goes on without the metric (`get_metric`), and fails at the first answer.
    """
    if task.OUTPUT_TYPE != "generate_until" or task.config.process_results is not None:
        return
    if type(task).process_results is not ConfigurableTask.process_results:
        return
    for name, function in task._metric_fn_list.items():
        if function is None:
            importlib.import_module("evaluate").load(name)


def hub_metrics(task: Task) -> set[str]:
    """Return the names of the metrics that the task has from the hub."""
    functions = getattr(task, "_metric_fn_list", {}).values()
    modules = (getattr(function, "__self__", None) for function in functions)
    return {str(getattr(module, "name", "")) for module in modules}


def fewshot_room(task: Task) -> int | None:
    """Return how many few-shot examples a document can have, None if that is unknown.

    `ContextSampler.sample` draws one more where a document may be among its own examples.
    """
    if not isinstance(task, ConfigurableTask):
        return None
    sampler = getattr(task, "sampler", None)
    if sampler is None:
        return 0
    draw = type(sampler).sample
    if draw not in (ContextSampler.sample, FirstNSampler.sample):
        return None
    pool = len(sampler.fewshot_indices or sampler.df)
    own_split = task.fewshot_cfg.split == task.config.test_split
    return max(0, pool - 1) if draw is ContextSampler.sample and own_split else pool


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
