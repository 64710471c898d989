"""Loading lm-eval's tasks unmodified, with the options of a run, inside the harness process."""

import importlib
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from lm_eval.api.group import Group
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager
from lm_eval.tasks._factory import TaskFactory
from lm_eval.tasks._index import Entry as LmEntry
from lm_eval.tasks._index import Kind, TaskIndex
from lm_eval.tasks._yaml_loader import load_yaml

from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line


class TaskError(StackError):
    """A task cannot be loaded: its data, a package or its code is missing or refused."""


def memoize_templates() -> None:
    """Compile each of lm-eval's Jinja templates once, not at every use; prompts stay equal."""
    import lm_eval.utils

    compile_anew = lm_eval.utils.env.from_string
    compiled: dict[str, Any] = {}

    def from_string(source: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(source, str):
            return compile_anew(source, *args, **kwargs)
        if source not in compiled:
            if len(compiled) >= 4096:
                compiled.clear()
            compiled[source] = compile_anew(source)
        return compiled[source]

    lm_eval.utils.env.from_string = from_string


def parse_yaml_in_c() -> None:
    """Let `yaml.safe_load` use libyaml: `datasets` reads a card again for each subset."""
    import yaml  # type: ignore[import-untyped]

    yaml.safe_load = lambda text: yaml.load(text, Loader=yaml.CSafeLoader)


def redirect_datasets(folder: Path) -> None:
    """Let `datasets.load_dataset` take what `folder` holds by its hub name from there."""
    datasets: Any = importlib.import_module("datasets")
    load = datasets.load_dataset

    def load_dataset(path: str, *args: Any, **kwargs: Any) -> Any:
        local = folder / path if isinstance(path, str) and not path.startswith((".", "/")) else None
        found = local is not None and local.is_dir()
        return load(str(local) if found else path, *args, **kwargs)

    datasets.load_dataset = load_dataset


class _Factory(TaskFactory):  # type: ignore[misc]
    """lm-eval's own factory, which also tells of each task as it is loaded, and guards it first."""

    def __init__(self, spec: BenchmarkSubject, on_task: Callable[[Task], None]) -> None:
        super().__init__()
        self._spec = spec
        self._on_task = on_task

    def _build_task(self, entry: LmEntry, overrides: dict[str, Any] | None) -> Task:
        config = load_yaml(entry.yaml_path, resolve_func=False) if entry.yaml_path else {}
        config |= overrides or {}
        name = str(config.get("task") or entry.name)
        _guard(name, config, self._spec)
        kwargs = config.get("dataset_kwargs") or {}
        if "trust_remote_code" in kwargs and not self._spec.trust_remote_code:
            kept = {key: kwargs[key] for key in kwargs if key != "trust_remote_code"}
            overrides = {**(overrides or {}), "dataset_kwargs": kept}
        try:
            task = super()._build_task(entry, overrides)
        except Exception as error:
            raise explained(name, error, config, self._spec) from error
        configure(task, self._spec)
        self._on_task(task)
        return task


def _guard(name: str, config: Mapping[str, Any], spec: BenchmarkSubject) -> None:
    if config.get("unsafe_code") and not spec.confirm_unsafe:
        raise TaskError(
            f"the task {name} runs code that the model writes",
            remedy="Run it only where that may do no harm, with --confirm-unsafe.",
        )
    if config.get("doc_to_image") or config.get("doc_to_audio"):
        raise TaskError(
            f"the task {name} asks about images or sound, which no route here sends",
            remedy="Choose a task of text alone.",
        )


def load_tasks(
    spec: BenchmarkSubject, entries: Mapping[str, TaskEntry], on_task: Callable[[Task], None]
) -> tuple[TaskManager, list[Task | Group]]:
    """Return the manager and the loaded tasks and groups; raises StackError in the user's words.

    `on_task` is called with every task, configured, before the next one is loaded.
    """
    random.seed(0)
    np.random.seed(1234)
    manager = TaskManager(include_defaults=False)
    for entry in entries.values():
        _register(manager.task_index, entry)
    manager._factory = _Factory(spec, on_task)
    loaded: list[Task | Group] = []
    for name in spec.tasks:
        found = manager._load_spec(name)
        loaded += found if isinstance(found, list) else [found]
    _refuse_duplicates(loaded)
    return manager, loaded


def _register(index: dict[str, LmEntry], entry: TaskEntry) -> None:
    if entry.kind == "tag":
        index[entry.name] = LmEntry(entry.name, Kind.TAG, None, tags=set(entry.members))
        return
    within: dict[str, LmEntry] = {}
    path = Path(entry.path)
    TaskIndex.process_cfg(load_yaml(path, resolve_func=False), path, within)
    index[entry.name] = within[entry.name]


def _refuse_duplicates(loaded: Iterable[Task | Group]) -> None:
    seen: dict[str, str] = {}
    for item in loaded:
        group = isinstance(item, Group)
        source = item.name if group else str(item.config.task)
        for task in item.get_all_tasks() if group else [item]:
            name = str(task.config.task)
            if seen.setdefault(name, source) != source:
                raise TaskError(
                    f"{name} is in both {seen[name]} and {source}",
                    remedy="Name one of them only.",
                )


def configure(task: Task, spec: BenchmarkSubject) -> None:
    """Set few-shot number, seed and generation arguments as lm-eval's `simple_evaluate` does."""
    if task.get_config("output_type") == "generate_until" and spec.gen:
        task.set_config("generation_kwargs", dict(spec.gen), update=True)
    if spec.fewshot is None:
        if task.get_config("num_fewshot") is None:
            task.set_config("num_fewshot", 0)
    elif task.get_config("num_fewshot") != 0:
        task.set_config("num_fewshot", spec.fewshot)
    task.set_fewshot_seed(seed=spec.seed)


def explained(
    name: str, error: Exception, config: Mapping[str, Any], spec: BenchmarkSubject
) -> StackError:
    """Return why the task cannot be loaded, in words for the user."""
    if isinstance(error, StackError):
        return error
    chain = [error]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)  # type: ignore[arg-type]
    missing = next((one for one in chain if isinstance(one, ImportError)), None)
    if missing is not None:
        package = missing.name or one_line(str(missing), 80)
        return TaskError(
            f"the task {name} needs the package {package}, which is not installed",
            remedy=f"Install it: pip install {package}",
        )
    dataset = str(config.get("dataset_path") or "its dataset")
    if subset := config.get("dataset_name"):
        dataset = f"{dataset} ({subset})"
    detail = one_line(f"{type(error).__name__}: {error}", 300)
    if _is_about_data(error):
        place = f"the folder {spec.datasets} and the hub" if spec.datasets else "the hub"
        return TaskError(
            f"the task {name} needs the dataset {dataset}, which {place} did not give: {detail}",
            remedy="Give a folder of datasets, named as on the hub, with --datasets DIR.",
        )
    return TaskError(f"the task {name} cannot be loaded: {detail}")


def _is_about_data(error: Exception) -> bool:
    names = {cls.__name__ for cls in type(error).__mro__}
    known = {
        "DatasetNotFoundError",
        "DataFilesNotFoundError",
        "DatasetsError",
        "HfHubHTTPError",
        "OfflineModeIsEnabled",
        "ConnectionError",
        "FileNotFoundError",
    }
    return (
        bool(names & known) or re.search(r"BuilderConfig|hub|dataset", str(error), re.I) is not None
    )


def chat_renderer(template: str, tokens: Mapping[str, str]) -> Callable[..., Any]:
    """Return what lm-eval calls to make a prompt of messages: text by `template`, or their JSON."""
    if not template:
        from lm_eval.models.api_models import JsonChatStr

        def as_json(history: list[dict[str, str]], add_generation_prompt: bool = True) -> Any:
            del add_generation_prompt
            return JsonChatStr(json.dumps(history, ensure_ascii=False))

        return as_json
    return _template_renderer(template, tokens)


def _template_renderer(template: str, tokens: Mapping[str, str]) -> Callable[..., str]:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TaskError(f"the model's chat template refuses these messages: {one_line(message)}")

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda data, indent=None: json.dumps(
        data, ensure_ascii=False, indent=indent
    )
    environment.globals["raise_exception"] = refuse
    compiled = environment.from_string(template)

    def render(history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        text = compiled.render(
            messages=history, add_generation_prompt=add_generation_prompt, **tokens
        )
        if add_generation_prompt:
            return text
        last = history[-1]["content"].strip()
        return text[: text.rindex(last) + len(last)]

    return render
