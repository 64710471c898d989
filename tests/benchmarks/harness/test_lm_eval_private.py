"""What the harness relies on in lm-eval's private parts, one test for each.

A failure after an update of lm-eval says which hack to rewrite.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.runs.spec import BenchmarkSubject

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def private() -> Any:
    from stack_tui.benchmarks.harness import lm_eval_private

    return lm_eval_private


@pytest.fixture(scope="module")
def loaded(private: Any) -> Any:
    """Return the manager, the items of our own group of two tasks, and the names checked."""
    names: list[str] = []
    catalog = open_catalog()
    manager = private.new_manager(
        catalog.needed(["stack_smoke"]), lambda name, *_: names.append(name), {}
    )
    items = private.load_items(manager, "stack_smoke")
    for unmade in private.unmade_tasks(manager, items).values():
        unmade.make()
    return manager, items, names


def tasks_of(loaded: Any) -> list[Any]:
    (group,) = loaded[1]
    return list(group.get_all_tasks())


def test_lm_eval_is_imported_without_chardet() -> None:
    check = (
        "import sys, stack_tui.benchmarks.harness.lm_eval_private\n"
        "assert 'lm_eval' in sys.modules\n"
        "sys.exit(any(name.partition('.')[0] == 'chardet' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", check]).returncode == 0


def test_a_template_is_compiled_once_and_renders_the_same(
    private: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lm_eval import utils

    monkeypatch.setattr(utils.env, "from_string", utils.env.from_string)
    before = utils.apply_template("{{a}}-{{b | upper}}", {"a": 1, "b": "x"})
    private.memoize_templates()
    assert utils.env.from_string("{{a}}") is utils.env.from_string("{{a}}")
    assert utils.apply_template("{{a}}-{{b | upper}}", {"a": 1, "b": "x"}) == before == "1-X"


def test_yaml_is_parsed_by_libyaml_with_the_same_result(
    private: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml  # type: ignore[import-untyped]

    text = "a: [1, 2.5, null, 'x']\nb: {c: 2020-01-01}\n"
    plain = yaml.safe_load(text)
    monkeypatch.setattr(yaml, "safe_load", yaml.safe_load)
    private.parse_yaml_in_c()
    assert yaml.safe_load(text) == plain


def test_a_dataset_in_the_folder_is_loaded_from_there_by_its_hub_name(
    private: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import datasets

    loads: list[str] = []
    monkeypatch.setattr(datasets, "load_dataset", lambda path, *_, **__: loads.append(path))
    (tmp_path / "owner" / "name").mkdir(parents=True)
    private.redirect_datasets(tmp_path)
    for path in ("owner/name", "owner/other", "./owner/name"):
        datasets.load_dataset(path, split="test")
    assert loads == [str(tmp_path / "owner" / "name"), "owner/other", "./owner/name"]


def test_every_task_of_a_group_is_checked_before_its_code_is_imported_and_after(
    loaded: Any,
) -> None:
    _, (group,), names = loaded
    assert group.name == "stack_smoke"
    one, other = ["stack_smoke_choice"] * 2, ["stack_smoke_answer"] * 2
    assert names == [*one, *other]
    assert [task.config.task for task in tasks_of(loaded)] == [one[0], other[0]]


def test_a_manager_knows_the_given_names_only(loaded: Any) -> None:
    manager = loaded[0]
    assert set(manager.task_index) == set(open_catalog().needed(["stack_smoke"]))


def test_a_tag_stands_for_its_members(private: Any) -> None:
    from stack_tui.benchmarks.catalog.task_index import TaskEntry

    needed = open_catalog().needed(["stack_smoke"])
    tag = TaskEntry("both", "tag", members=("stack_smoke_answer", "stack_smoke_choice"))
    manager = private.new_manager({**needed, "both": tag}, lambda *_: None, {})
    found = private.load_items(manager, "both")
    assert sorted(task.config.task for task in found) == sorted(tag.members)


def test_a_tasks_filters_can_be_applied_to_one_document(private: Any, loaded: Any) -> None:
    from lm_eval.api.instance import Instance

    choice = tasks_of(loaded)[0]
    instance = Instance("loglikelihood", {}, ("a", " b"), 0)
    instance.resps = [(-1.0, True)]
    for ensemble in private.filters_of(choice):
        ensemble.apply([instance])
    assert list(instance.filtered_resps) == [private.filters_of(choice)[0].name]


def test_given_requests_are_not_built_again(private: Any, loaded: Any) -> None:
    from lm_eval.api.instance import Instance

    task = tasks_of(loaded)[0]
    instance = Instance("loglikelihood", {}, ("a", " b"), 0)
    private.set_requests(task, [instance])
    task.build_all_requests(limit=3, rank=0, world_size=1)
    assert task.instances == [instance]


def test_a_task_is_evaluated_on_documents_that_are_drawn_once(
    private: Any, loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = tasks_of(loaded)[0]
    monkeypatch.setattr(task, "test_docs", task.test_docs)
    draws: list[Any] = []

    def drawn(dataset: Any) -> Any:
        draws.append(dataset)
        return dataset.shuffle(seed=len(draws))

    monkeypatch.setattr(task.config, "process_docs", drawn)
    private.hold_documents(task)
    assert [doc for _, doc in task.doc_iterator()] == list(task.eval_docs)
    assert len(draws) == 1


def test_documents_and_their_results_are_taken_from_where_they_are_recorded(
    private: Any, loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lm_eval.api.instance import Instance
    from lm_eval.evaluator import evaluate

    from stack_tui.benchmarks.harness.replay import Replay

    class Recorded:
        def doc_iterator(self, **_: Any) -> Any:
            return iter([(0, {"question": "", "choices": ["a", "b", "c", "d"], "answer": 0})])

        def process_results(self, doc: Any, results: Any) -> dict[str, Any]:
            return {"acc": 0.25}

    task = tasks_of(loaded)[0]
    monkeypatch.setattr(task, "doc_iterator", task.doc_iterator)
    monkeypatch.setattr(task, "process_results", task.process_results)
    (doc,) = [doc for _, doc in Recorded().doc_iterator()]
    instance = Instance("loglikelihood", doc, ("a", " b"), 0, metadata=(task.config.task, 0, 1))
    instance.resps = [(-1.0, True)]
    replay = Replay()
    replay.record([instance])
    private.set_requests(task, [instance])
    private.set_results(task, Recorded())
    results = evaluate(replay, {"tasks": {"t": task}, "groups": {}}, bootstrap_iters=0)
    assert results["results"]["t"]["acc,none"] == 0.25


def test_documents_are_built_by_the_functions_that_the_harness_calls(loaded: Any) -> None:
    from stack_tui.benchmarks.harness import request_building, task_loading

    spec = BenchmarkSubject(tasks=("stack_smoke_answer",), limit=2)
    task = tasks_of(loaded)[1]
    task_loading.configure(task, spec)
    built = request_building.prepare(task, spec)
    assert [doc for doc, _ in built.documents(spec, None)] == [0, 1]
