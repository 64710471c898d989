"""Each way in which lm-eval makes tasks runs, and ends with lm-eval's own results."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.errors import StackError
from stack_tui.runs.events import Finding, Planned, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out
from tests.benchmarks.task_folder import CHOICE, WRITTEN, indented, write_tasks
from tests.fakes import FakeServer

pytestmark = pytest.mark.filterwarnings("ignore")

AGGREGATE = "aggregate_metric_list: [{metric: acc, weight_by_size: true}]\n"
INLINE = indented(CHOICE, 8)
FILES = {
    "a": f"task: a\ntag: letters\n{CHOICE}",
    "b": f"task: b\ntag: letters\nfewshot_split: train\n{CHOICE}",
    "c": f"task: c\n{CHOICE}num_fewshot: 0\n",
    "written": f"task: written\ntag: mixed\n{WRITTEN}",
    "one_inline": f"group: one_inline\ntask:\n  - task: inline_a\n{indented(CHOICE, 4)}{AGGREGATE}",
    "nested": (
        "group: nested\ntask:\n"
        f"  - group: inner one\n    task: [a, b]\n{indented(AGGREGATE, 4)}"
        "  - group: inner two\n    task:\n      - task: c\n        task_alias: C\n"
        f"      - task: inline_b\n{INLINE}{indented(AGGREGATE, 4)}{AGGREGATE}"
    ),
    "of_groups": f"group: of_groups\ntask: [nested, one_inline]\n{AGGREGATE}",
    "twice": (
        "group: twice\ntask:\n  - task: b\n    num_fewshot: 0\n"
        f"  - task: b\n    task_alias: with two\n    num_fewshot: 2\n{AGGREGATE}"
    ),
    "shared": (
        "group: shared\ntask:\n"
        f"  - group: left\n    task: [a, b]\n{indented(AGGREGATE, 4)}"
        f"  - group: right\n    task: [b, c]\n{indented(AGGREGATE, 4)}{AGGREGATE}"
    ),
    "of_tag": f"group: of_tag\ntask: [letters]\nnum_fewshot: 1\nfewshot_split: train\n{AGGREGATE}",
    "overridden": (
        "group: overridden\ntask:\n  - group: of_tag\n    num_fewshot: 2\n"
        f"  - task: c\n    doc_to_text: 'Well: {{{{q}}}}'\n{AGGREGATE}"
    ),
    "collapsed": f"group: collapsed\ntask:\n  - task: letters\n    num_fewshot: 0\n{AGGREGATE}",
    "both_kinds": f"group: both_kinds\ntask: [written, a]\n{AGGREGATE}",
}
RUNS = {
    "inline tasks and groups in a group of groups": ("of_groups",),
    "a task in two inner groups": ("shared",),
    "a tag and one of its tasks": ("letters", "a"),
    "a group that sets what the group of a tag holds": ("overridden",),
    "a task listed twice, a tag whose tasks get one name, tasks of two kinds": (
        *("twice", "collapsed", "both_kinds"),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_tasks(tmp_path_factory.mktemp("tasks"), **FILES)


def lm_eval_alone(folder: str, tasks: list[str]) -> dict[str, Any]:
    from lm_eval.evaluator import simple_evaluate
    from lm_eval.tasks import TaskManager

    from tests.benchmarks.lm_eval_alone import Direct

    manager = TaskManager(include_path=folder, include_defaults=False)
    results: dict[str, Any] = simple_evaluate(model=Direct(), tasks=tasks, task_manager=manager)
    return results


def run(folder: str, tasks: tuple[str, ...], output: Path) -> list[Any]:
    with FakeServer("vllm", brain=KnownModel()) as server:
        return carry_out(server, BenchmarkSubject(tasks=tasks, include_path=folder), output)


@pytest.mark.parametrize("tasks", RUNS.values(), ids=RUNS.keys())
def test_results_of_tasks_and_groups_are_those_of_lm_eval_alone(
    tasks: tuple[str, ...], folder: str, tmp_path: Path
) -> None:
    expected = lm_eval_alone(folder, list(tasks))
    events = run(folder, tasks, tmp_path)
    (scores,) = [event for event in events if isinstance(event, RecordScores)]
    parts = ("results", "groups", "group_subtasks", "n-shot", "versions", "n-samples")
    assert {part: scores.results.get(part) for part in parts} == {
        part: plain(expected.get(part)) for part in parts
    }
    planned = [event for event in events if isinstance(event, Planned)][-1]
    names = [plan.name for plan in planned.tasks]
    assert sorted(names) == sorted(expected["configs"])
    assert names == list(dict.fromkeys(leaf for name in tasks for leaf in leaves(folder, name)))
    findings = {one.task for one in events if isinstance(one, Finding) and one.check == "tasks"}
    assert findings == {"b", "letters"} & set(names if "twice" in tasks else ())
    counts = {name: expected["n-samples"][name]["effective"] for name in names}
    assert len([one for one in events if isinstance(one, Sample)]) == sum(counts.values())


def leaves(folder: str, name: str) -> list[str]:
    return open_catalog(folder).leaves(name)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.item() if hasattr(value, "item") else value


def test_a_task_or_group_may_be_named_by_its_file(folder: str, tmp_path: Path) -> None:
    names = ("one_inline", "nested", "written")
    paths = tuple(f"{folder}/{name}.yaml" for name in names)
    (scores,) = [one for one in run(folder, paths, tmp_path) if isinstance(one, RecordScores)]
    expected = lm_eval_alone(folder, list(names))
    assert scores.results["results"] == plain(expected["results"])


def load(
    folder: str, *tasks: str, replaced: dict[str, int] | None = None, **options: Any
) -> list[str]:
    """Return the names of the loaded tasks, and add to `replaced` how many they replaced."""
    from stack_tui.benchmarks.harness import task_loading

    spec = BenchmarkSubject(tasks=tasks, include_path=folder, **options)
    names: list[str] = []
    entries = open_catalog(folder).needed(tasks)
    loaded = task_loading.load_tasks(
        spec, entries, {}, lambda task: names.append(str(task.config.task))
    )
    if replaced is not None:
        replaced |= loaded.replaced
    return names


def test_a_task_in_two_groups_of_a_run_is_refused_as_by_lm_eval(folder: str) -> None:
    with pytest.raises(ValueError, match="Duplicate task 'a'"):
        lm_eval_alone(folder, ["nested", "of_tag"])
    with pytest.raises(StackError, match="the task a is in both nested and of_tag") as refusal:
        load(folder, "nested", "of_tag")
    assert "Name only one" in refusal.value.remedy


def test_two_files_with_tasks_of_one_name_are_refused(folder: str, tmp_path: Path) -> None:
    other = write_tasks(tmp_path / "other", another=f"task: c\n{CHOICE}")
    with pytest.raises(StackError, match="the task c is in both"):
        load(folder, "c", f"{other}/another.yaml")


def test_a_task_that_takes_the_place_of_another_is_made_once_and_named(folder: str) -> None:
    assert load(folder, "shared") == ["a", "b", "c"]
    for name, task in (("twice", "b"), ("collapsed", "letters")):
        replaced: dict[str, int] = {}
        assert load(folder, name, replaced=replaced) == [task]
        assert replaced == {task: 1}


@pytest.mark.parametrize("name", ["unsafe", "inline_unsafe", "by_class"])
def test_a_task_that_runs_the_models_code_is_refused_however_it_is_made(
    name: str, tmp_path: Path
) -> None:
    inline = f"  - task: x\n    unsafe_code: true\n{indented(WRITTEN, 4)}"
    folder = write_tasks(
        tmp_path / "tasks",
        unsafe=f"task: unsafe\nunsafe_code: true\n{WRITTEN}",
        inline_unsafe=f"group: inline_unsafe\ntask:\n{inline}",
        by_class=f"task: by_class\nclass: !function unsafe.Unsafe\n{WRITTEN}",
    )
    (Path(folder) / "unsafe.py").write_text(
        "from lm_eval.api.task import ConfigurableTask\n\n\n"
        "class Unsafe(ConfigurableTask):\n    UNSAFE_CODE = True\n\n"
        "    def __init__(self, config=None):\n"
        "        config = {key: config[key] for key in config if key != 'class'}\n"
        "        super().__init__(config=config)\n",
        encoding="utf-8",
    )
    with pytest.raises(StackError, match="runs code that the model writes") as refusal:
        load(folder, name)
    assert "--confirm-unsafe" in refusal.value.remedy
    assert len(load(folder, name, confirm_unsafe=True)) == 1


def test_a_task_that_was_not_loaded_is_an_error_with_its_name(folder: str) -> None:
    from stack_tui.benchmarks.harness import task_loading

    spec = BenchmarkSubject(tasks=("nested",), include_path=folder)
    built: dict[str, Any] = {}
    entries = open_catalog(folder).needed(spec.tasks)
    loaded = task_loading.load_tasks(
        spec, entries, {}, lambda task: built.update({str(task.config.task): task})
    )
    task_loading.refuse_difference(loaded, built)
    del built["nested::inner two::inline_b"]
    with pytest.raises(StackError, match="other tasks than were loaded: nested::inner two::inline"):
        task_loading.refuse_difference(loaded, built)


def test_options_that_do_not_suit_a_task_end_a_run_that_cannot_be_resumed(
    folder: str, tmp_path: Path
) -> None:
    benchmark = BenchmarkSubject(tasks=("a",), include_path=folder, samples={"a": (99,)})
    with (
        FakeServer("vllm", brain=KnownModel()) as server,
        pytest.raises(StackError, match="document 99 of the task a, which has 4") as refusal,
    ):
        carry_out(server, benchmark, tmp_path)
    assert not refusal.value.resumable
