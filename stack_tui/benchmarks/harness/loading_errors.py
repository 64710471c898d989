"""Why a task cannot be loaded, in one line, and what to do about it."""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.text import one_line

_DETAIL = 300
_ADVICE = re.compile(r"pip install ((?:[-\w.,@:/+=<>~\[\]\"]|(?<=\w) (?!(?:or|and|to|for|in)\b))+)")
_VARIABLE = re.compile(
    r"(?:environment variable|os\.environ\[|os\.getenv\()[\s\"'`]*([A-Z][A-Z0-9_]+)"
)
_BESIDE_YAML = re.compile(r"Cannot import module '([^']+)' for function '([^']+)'")
_DATA_TYPES = frozenset(
    {
        "DatasetNotFoundError",
        "DataFilesNotFoundError",
        "DatasetsError",
        "HfHubHTTPError",
        "OfflineModeIsEnabled",
        "ConnectionError",
    }
)
_DATA_FUNCTIONS = frozenset({"load_dataset", "load_dataset_builder", "load_from_disk"})


class TaskError(StackError):
    """A task cannot be loaded: its data or a package is missing, or its code is refused."""


class UnsuitableTask(TaskError):
    """The run's own options do not suit a task, which no resumed run could change."""

    resumable = False


@dataclass(frozen=True)
class _Attempt:
    """A task whose loading raised; `errors` are the exception and all that led to it."""

    name: str
    errors: list[BaseException]
    config: Mapping[str, Any]
    spec: BenchmarkSubject

    @property
    def detail(self) -> str:
        """What lm-eval or the task raised, as one line."""
        error = self.errors[0]
        text = str(error)
        if isinstance(error, SystemExit):
            return one_line(text if isinstance(error.code, str) else "its code exited", _DETAIL)
        return one_line(f"{type(error).__name__}: {text}" if text else repr(error), _DETAIL)


def explained(
    name: str, error: BaseException, config: Mapping[str, Any], spec: BenchmarkSubject
) -> TaskError:
    """Return the error that tells the user why the task cannot be loaded."""
    attempt = _Attempt(name, list(_chain(error)), config, spec)
    for recognise in (_variable, _package, _metric, _split, _dataset):
        if known := recognise(attempt):
            return known
    remedy = ""
    if config.get("custom_dataset"):
        remedy = (
            "It makes its documents itself. If it wants a value for that, such as a tokenizer,"
            " give it with --metadata KEY=VALUE."
        )
    subject = f"the task {name}" if config else name
    return TaskError(f"{subject} cannot be loaded: {attempt.detail}", remedy=remedy)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        yield following
        seen.add(id(following))
        following = following.__cause__ or following.__context__


def _variable(attempt: _Attempt) -> TaskError | None:
    for error in attempt.errors:
        modules = [_module(frame) for frame, _ in traceback.walk_tb(error.__traceback__)]
        read = isinstance(error, KeyError) and modules[-1:] == ["os"]
        named = _VARIABLE.search(str(error))
        variable = str(error.args[0]) if read else named[1] if named else None
        if variable:
            return missing_variable(attempt.name, variable)
    return None


def missing_variable(name: str, variable: str) -> TaskError:
    """Return the error of a task that reads an environment variable which is not set."""
    what = f"the task {name} needs the environment variable {variable}, which is not set"
    if variable == "HF_ALLOW_CODE_EVAL":
        return TaskError(
            what,
            remedy="It permits the metric to run the model's code. Set HF_ALLOW_CODE_EVAL=1 where"
            " that can do no harm.",
        )
    return TaskError(what, remedy=f"Set {variable} before you start the run.")


def _package(attempt: _Attempt) -> TaskError | None:
    missing = [one for one in attempt.errors if isinstance(one, ImportError)]
    if not missing:
        return None
    name = attempt.name
    beside = next(filter(None, (_BESIDE_YAML.search(str(one)) for one in missing)), None)
    if beside and any(one.name and beside[1].startswith(one.name) for one in missing):
        return TaskError(
            f"the task {name} uses {beside[1]}.{beside[2]}, but there is no {beside[1]}.py"
            " beside its YAML file, nor a package of that name",
            remedy="Add the file, or correct the !function entry.",
        )
    advice = next(filter(None, (_ADVICE.search(str(one)) for one in missing)), None)
    package = next((one.name.partition(".")[0] for one in missing if one.name), None)
    install = advice[1].strip(" .,`'") if advice else package
    if install is None:
        return TaskError(
            f"the task {name} needs a package that is not installed: {attempt.detail}",
            remedy="Install the package that it names.",
        )
    reason = one_line(missing[0].msg, _DETAIL)
    if reason.startswith("cannot import name"):
        return TaskError(
            f"the task {name} does not fit the installed version of {package}: {reason}",
            remedy=f"Install a version of {package} that has it.",
        )
    return TaskError(
        f"the task {name} needs the package {package or install}, which is not installed",
        remedy=f"Install it: pip install {install}",
    )


def _metric(attempt: _Attempt) -> TaskError | None:
    for error in attempt.errors:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_name == "load" and _module(frame) == "evaluate.loading":
                metric = one_line(str(frame.f_locals.get("path", "")), 100)
                absent = any(isinstance(one, FileNotFoundError) for one in attempt.errors)
                reason = "" if absent else f": {attempt.detail}"
                return TaskError(
                    f"the task {attempt.name} needs the metric {metric}, which is not on this"
                    f" machine, nor could the hub provide it{reason}",
                    remedy="Store it once with access to the hub: python -c"
                    f" \"import evaluate; evaluate.load('{metric}')\"",
                )
    return None


def _split(attempt: _Attempt) -> TaskError | None:
    error = attempt.errors[0]
    frames = [_module(frame) for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not isinstance(error, KeyError) or frames[-1:] != ["datasets.dataset_dict"]:
        return None
    return TaskError(
        f"the task {attempt.name} needs the split {error.args[0]!r}, which its dataset"
        f" {_dataset_name(attempt)} lacks",
        remedy="Check its YAML file, or the folder that --datasets names.",
    )


def _dataset(attempt: _Attempt) -> TaskError | None:
    if not any(_is_about_data(error) for error in attempt.errors):
        return None
    texts = " ".join(str(error) for error in attempt.errors)
    what = f"the task {attempt.name} needs the dataset {_dataset_name(attempt)}, which"
    files = "Use --datasets DIR with a folder of datasets named as on the hub."
    if "scripts are no longer supported" in texts:
        return TaskError(
            f"{what} is a Python script, and the installed version of `datasets` runs none",
            remedy=files + " Its data must be Parquet or JSON files.",
        )
    if re.search(r"gated|authenticated|401|403", texts):
        return TaskError(
            f"{what} the hub gives to permitted users only: {attempt.detail}",
            remedy=f"Accept its terms on the hub and set HF_TOKEN. Else: {files}",
        )
    folder = attempt.spec.datasets
    place = f"the folder {folder} and the hub" if folder else "the hub"
    return TaskError(f"{what} {place} did not provide: {attempt.detail}", remedy=files)


def _is_about_data(error: BaseException) -> bool:
    if {cls.__name__ for cls in type(error).__mro__} & _DATA_TYPES:
        return True
    return any(
        frame.f_code.co_name in _DATA_FUNCTIONS and _module(frame).startswith("datasets.")
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )


def _module(frame: Any) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _dataset_name(attempt: _Attempt) -> str:
    """Return the dataset's name and subset, by the configuration or as the task's code has it."""
    name = attempt.config.get("dataset_path")
    for error in () if name else attempt.errors:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_name in _DATA_FUNCTIONS:
                name = name or frame.f_locals.get("path")
    subset = attempt.config.get("dataset_name")
    return one_line(f"{name} ({subset})" if subset else str(name or "of its own"), 150)
