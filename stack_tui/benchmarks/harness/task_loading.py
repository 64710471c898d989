"""Load lm-eval's tasks unmodified, with the options of a run, inside the harness process."""

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from lm_eval.api.group import Group
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager

from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.benchmarks.harness import lm_eval_private
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line


class TaskError(StackError):
    """A task cannot be loaded: its data or a package is missing, or its code is refused."""


def _guard(name: str, config: Mapping[str, Any], spec: BenchmarkSubject) -> None:
    if config.get("unsafe_code") and not spec.confirm_unsafe:
        raise TaskError(
            f"the task {name} runs code that the model writes",
            remedy="Run it in a place where that can do no harm, with --confirm-unsafe.",
        )
    if config.get("doc_to_image") or config.get("doc_to_audio"):
        raise TaskError(
            f"the task {name} has images or audio, which stack-tui cannot send",
            remedy="Choose a text-only task.",
        )


def load_tasks(
    spec: BenchmarkSubject, entries: Mapping[str, TaskEntry], on_task: Callable[[Task], None]
) -> tuple[TaskManager, list[Task | Group]]:
    """Return the manager and the loaded tasks and groups; raises TaskError for one that cannot be.

    Calls `on_task` with each task, configured, before the next one is loaded.
    """
    # lm-eval's own seeds: tasks may draw from these generators while they are loaded.
    random.seed(0)
    np.random.seed(1234)

    def build(
        name: str,
        config: Mapping[str, Any],
        overrides: lm_eval_private.Overrides,
        make: Callable[[lm_eval_private.Overrides], Task],
    ) -> Task:
        _guard(name, config, spec)
        kwargs = config.get("dataset_kwargs") or {}
        if "trust_remote_code" in kwargs and not spec.trust_remote_code:
            kept = {key: kwargs[key] for key in kwargs if key != "trust_remote_code"}
            overrides = {**(overrides or {}), "dataset_kwargs": kept}
        try:
            task = make(overrides)
        except Exception as error:
            raise explained(name, error, config, spec) from error
        configure(task, spec)
        on_task(task)
        return task

    manager = lm_eval_private.new_manager(entries, build)
    loaded = [item for name in spec.tasks for item in lm_eval_private.load(manager, name)]
    _refuse_duplicates(loaded)
    return manager, loaded


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
                    remedy="Name only one of them.",
                )


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


def explained(
    name: str, error: Exception, config: Mapping[str, Any], spec: BenchmarkSubject
) -> StackError:
    """Return the error that tells the user why the task cannot be loaded."""
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
            f"the task {name} needs the dataset {dataset}, which {place} did not provide: {detail}",
            remedy="Use --datasets DIR with a folder of datasets named as on the hub.",
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


def template_renderer(template: str, tokens: Mapping[str, str]) -> Callable[..., str]:
    """Return the function that turns messages into a prompt."""
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
