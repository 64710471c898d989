"""What keeps a task from loading is named in one line, with its remedy."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.task_folder import CHOICE, WRITTEN, write_tasks

pytestmark = pytest.mark.filterwarnings("ignore")


def refusal_of(folder: str, *tasks: str, **options: Any) -> StackError:
    """Return the error of loading the tasks."""
    from stack_tui.benchmarks.harness import request_building, task_loading

    spec = BenchmarkSubject(tasks=tasks, include_path=folder, **options)
    with pytest.raises(StackError) as refusal:
        task_loading.load_tasks(
            spec,
            open_catalog(folder).needed(tasks),
            {"model": "m"},
            lambda task: request_building.prepare(task, spec),
        )
    for part in (refusal.value.what, refusal.value.remedy):
        assert "\n" not in part
        assert len(part) < 500
    return refusal.value


def with_code(folder: Path, code: str, yaml: str = "") -> str:
    """Write a task `t` whose documents are made by this code's `make`."""
    body = WRITTEN.replace("documents.documents", "code.make")
    made = write_tasks(folder, t=f"task: t\n{yaml}{body}")
    (folder / "code.py").write_text(code, encoding="utf-8")
    return made


RAISING = {
    "a package": (
        "import surely_absent.part",
        "the task t needs the package surely_absent, which is not installed",
        "pip install surely_absent",
    ),
    "a package under another name, as the task says": (
        "try:\n    import surely_absent\nexcept ImportError as e:\n"
        "    raise ImportError('Get it via pip install lm-eval[math] or pip install -e .[math]')"
        " from e",
        "needs the package surely_absent",
        "pip install lm-eval[math]",
    ),
    "packages that an error without a name lists": (
        'raise ImportError("To be able to use x, you need to install the following dependencies'
        "['absl'] using 'pip install absl' for instance'\")",
        "needs the package absl, which is not installed",
        "Install it: pip install absl",
    ),
    "an error that names no package": (
        "raise ImportError('the thing is absent')",
        "needs a package that is not installed: ImportError: the thing is absent",
        "Install the package that it names",
    ),
    "another version of a package": (
        "from json import no_such_name",
        "does not fit the installed version of json: cannot import name 'no_such_name'",
        "Install a version of json that has it",
    ),
    "a variable that is read": (
        "import os\nos.environ['SURELY_ABSENT_KEY']",
        "needs the environment variable SURELY_ABSENT_KEY, which is not set",
        "Set SURELY_ABSENT_KEY before",
    ),
    "a variable that is asked for at length": (
        "raise ValueError('#' * 80 + 'Mind this. Then set the environment variable"
        ' HF_ALLOW_CODE_EVAL="1".\')',
        "needs the environment variable HF_ALLOW_CODE_EVAL",
        "Set HF_ALLOW_CODE_EVAL=1 where that can do no harm",
    ),
    "a program": (
        "import sys\nsys.exit('Error: SWI-Prolog is not installed')",
        "cannot be loaded: Error: SWI-Prolog is not installed",
        "",
    ),
    "a metric": (
        "import evaluate\nevaluate.load('surely_absent_metric')",
        "needs the metric surely_absent_metric, which is not on this machine",
        "evaluate.load('surely_absent_metric')",
    ),
    "a dataset": (
        "import datasets\ndatasets.load_dataset('surely/absent')",
        "needs the dataset surely/absent, which the hub did not provide",
        "--datasets DIR",
    ),
    "a value for making documents": (
        "def make(**known):\n    raise ValueError(f'no tokenizer in {sorted(known)}')",
        "ValueError: no tokenizer in ['config_source', 'model']",
        "--metadata KEY=VALUE",
    ),
}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets
    import huggingface_hub

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


@pytest.mark.parametrize(("code", "what", "remedy"), RAISING.values(), ids=RAISING.keys())
def test_what_a_task_lacks_is_named_with_its_remedy(
    code: str, what: str, remedy: str, tmp_path: Path
) -> None:
    refusal = refusal_of(with_code(tmp_path / "tasks", code), "t")
    assert what in refusal.what
    assert remedy in refusal.remedy


def test_a_member_of_a_group_is_named_by_its_own_name(tmp_path: Path) -> None:
    folder = with_code(tmp_path / "tasks", "import surely_absent")
    write_tasks(tmp_path / "tasks", all="group: all\ntask: [t]\n")
    assert "the task t needs the package" in refusal_of(folder, "all").what


def test_a_function_whose_module_is_missing_is_named_with_its_file(tmp_path: Path) -> None:
    folder = write_tasks(tmp_path, t=f"task: t\n{CHOICE}process_docs: !function absent.make\n")
    assert "there is no absent.py beside its YAML file" in refusal_of(folder, "t").what


def test_a_dataset_is_named_with_its_subset(tmp_path: Path) -> None:
    body = CHOICE.replace("custom_dataset: !function documents.documents\n", "")
    folder = write_tasks(
        tmp_path, t=f"task: t\ndataset_path: surely/absent\ndataset_name: part\n{body}"
    )
    assert "the dataset surely/absent (part)" in refusal_of(folder, "t").what


def test_a_split_that_the_dataset_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"q": "a"}\n', encoding="utf-8")
    body = CHOICE.replace(
        "custom_dataset: !function documents.documents\n",
        f"dataset_path: json\ndataset_kwargs: {{data_files: {{train: {tmp_path}/rows.jsonl}}}}\n",
    )
    folder = write_tasks(tmp_path, t=f"task: t\n{body}")
    assert "needs the split 'test', which its dataset json lacks" in refusal_of(folder, "t").what


def test_a_metric_that_lm_eval_would_miss_at_the_first_answer_is_missed_at_once(
    tmp_path: Path,
) -> None:
    body = WRITTEN.replace("metric: exact_match", "metric: surely_absent_metric")
    refusal = refusal_of(write_tasks(tmp_path, t=f"task: t\n{body}"), "t")
    assert "the task t needs the metric surely_absent_metric" in refusal.what


def test_a_sample_that_a_task_does_not_have_is_named_with_the_number_of_documents(
    tmp_path: Path,
) -> None:
    folder = write_tasks(tmp_path, t=f"task: t\n{CHOICE}")
    refusal = refusal_of(folder, "t", samples={"t": (0, 99_999)})
    assert "document 99999 of the task t, which has 4 documents" in refusal.what
    assert "0 to 3" in refusal.remedy


@pytest.mark.parametrize(
    ("yaml", "fewshot", "room"),
    [
        ("fewshot_split: train\n", 4, 3),
        ("fewshot_split: test\n", 4, 3),
        ("fewshot_split: train\nfewshot_config: {sampler: first_n}\n", 50, 3),
    ],
)
def test_more_examples_than_there_are_is_an_error_with_their_number(
    yaml: str, fewshot: int, room: int, tmp_path: Path
) -> None:
    folder = write_tasks(tmp_path, t=f"task: t\n{CHOICE}{yaml}")
    refusal = refusal_of(folder, "t", fewshot=fewshot)
    assert f"{room} few-shot examples for a document, but --fewshot asks for {fewshot}" in (
        refusal.what
    )
    assert f"--fewshot {room}" in refusal.remedy


def test_more_examples_than_there_are_may_be_asked_for_by_the_task_itself(tmp_path: Path) -> None:
    folder = write_tasks(tmp_path, t=f"task: t\n{CHOICE}num_fewshot: 9\n")
    refusal = refusal_of(folder, "t")
    assert "4 few-shot examples for a document, but its YAML file asks for 9" in refusal.what


class HubMetric:
    """A metric as `evaluate` loads it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def compute(self, **_: Any) -> None:
        """Return nothing: no answer is scored."""


def test_the_metric_that_runs_code_is_refused_unless_the_environment_permits_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import evaluate  # type: ignore[import-untyped]

    monkeypatch.setattr(evaluate, "load", HubMetric)
    monkeypatch.delenv("HF_ALLOW_CODE_EVAL", raising=False)
    body = WRITTEN.replace("metric: exact_match", "metric: code_eval, hf_evaluate: true")
    folder = write_tasks(tmp_path, t=f"task: t\nunsafe_code: true\n{body}")
    refusal = refusal_of(folder, "t", confirm_unsafe=True)
    assert "needs the environment variable HF_ALLOW_CODE_EVAL, which is not set" in refusal.what
