"""Finding benchmarks by name, without importing lm-eval."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack_tui.benchmarks.catalog.catalog import (
    Catalog,
    UnknownTask,
    expand_names,
    open_catalog,
)
from stack_tui.benchmarks.catalog.task_index import scan


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return open_catalog()


def test_lm_eval_is_not_imported_to_find_a_task() -> None:
    code = (
        "import sys; from stack_tui.benchmarks.catalog.catalog import open_catalog;"
        "open_catalog().find('mmlu'); sys.exit('lm_eval' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_a_group_unfolds_to_its_tasks_through_groups_and_tags(catalog: Catalog) -> None:
    leaves = catalog.leaves("mmlu")
    assert len(leaves) == 57
    assert leaves[:2] == ["mmlu_abstract_algebra", "mmlu_anatomy"]


def test_an_unknown_name_is_answered_with_the_nearest_ones(catalog: Catalog) -> None:
    with pytest.raises(UnknownTask, match="no lm-eval task") as refusal:
        catalog.find("helaswag")
    assert "hellaswag" in refusal.value.remedy
    assert catalog.nearest("MMLU-anatomy")[0] == "mmlu_anatomy"


def test_what_a_task_needs_is_known_before_it_is_loaded(catalog: Catalog) -> None:
    assert catalog.facts("gsm8k").output_type == "generate_until"
    assert catalog.facts("mmlu_anatomy").short_choices
    assert catalog.facts("arc_challenge").dataset == "allenai/ai2_arc"


def test_loading_a_group_needs_it_and_all_that_it_names(catalog: Catalog) -> None:
    needed = catalog.needed(["mmlu"])
    assert {"mmlu", "mmlu_stem", "mmlu_stem_tasks", "mmlu_virology"} <= needed.keys()
    assert "mmlu_pro" not in needed


def test_a_name_and_a_tag_may_come_from_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("tag: [mine, 'others']\ngroup_alias: x\n", encoding="utf-8")
    (tmp_path / "one.yaml").write_text('"include": base\n"task": "one" # first\n', encoding="utf-8")
    (tmp_path / "two.yaml").write_text("task: two\ntag:\n  - mine\n", encoding="utf-8")
    (tmp_path / "all.yaml").write_text("group: all\ntask:\n  - mine\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("task: [", encoding="utf-8")
    index = scan(tmp_path)
    assert index["mine"].members == ("one", "two")
    assert index["others"].members == ("one",)
    assert Catalog(index).leaves("all") == ["one", "two"]


def test_a_task_of_the_users_own_stands_for_lm_evals(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("task: gsm8k\n", encoding="utf-8")
    assert open_catalog(str(tmp_path)).find("gsm8k").path == str(tmp_path / "mine.yaml")


NESTED = """group: all
num_fewshot: 3
task:
  - one
  - group: inner
    task:
      - task: two
        num_fewshot: 1
      - task: new
        output_type: multiple_choice
        doc_to_choice: [A, B]
  - task: mine
    num_fewshot: 5
"""


def test_tasks_inside_a_group_are_listed_with_what_the_group_sets(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("task: one\ntag: mine\nnum_fewshot: 0\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("task: two\noutput_type: loglikelihood\n", encoding="utf-8")
    (tmp_path / "all.yaml").write_text(NESTED, encoding="utf-8")
    members = Catalog(scan(tmp_path)).members("all")
    facts = [member.facts() for member in members]
    assert [(one.name, one.output_type, one.fewshot) for one in facts] == [
        ("one", "generate_until", 3),
        ("two", "loglikelihood", 1),
        ("all::inner::new", "multiple_choice", 3),
        # lm-eval calls each task of a tag by the tag's name where a group's entry sets something.
        ("mine", "generate_until", 5),
    ]
    assert facts[2].short_choices


def test_a_task_listed_twice_is_one_task_with_its_last_settings(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("task: one\n", encoding="utf-8")
    twice = "group: all\ntask: [{task: one, num_fewshot: 1}, {task: one, num_fewshot: 2}]\n"
    (tmp_path / "all.yaml").write_text(twice, encoding="utf-8")
    (member,) = Catalog(scan(tmp_path)).members("all")
    assert (member.name, member.facts().fewshot) == ("one", 2)


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbftask: odd\ntag: t\n",
        b"{task: odd, tag: t, doc_to_text: '{{q}}'}\n",
        b"{\ntask: odd,\ntag: t\n}\n",
        b"---\r\ntask: odd\r\ntag: t\r\n",
        b"  task: odd\n  tag: t\n",
        "task: odd\ntag: t\n".encode("utf-16"),
        b"? task\n: odd\n? tag\n: t\n",
    ],
)
def test_a_task_is_found_in_whatever_style_its_yaml_is_written(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(text)
    index = scan(tmp_path)
    assert index["odd"].kind == "task"
    assert index["t"].members == ("odd",)


def test_a_task_or_group_named_by_its_file_brings_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("task: one\n", encoding="utf-8")
    (tmp_path / "group.yaml").write_text("group: mine\ntask: [one, new]\n", encoding="utf-8")
    path = str(tmp_path / "group.yaml")
    catalog = Catalog(scan(tmp_path))
    assert catalog.leaves(path) == ["one", "mine::new"]
    assert catalog.leaves(str(tmp_path / "one.yaml")) == ["one"]
    assert set(catalog.needed([path])) == {path, "one"}
    assert Catalog(catalog.needed([path])).leaves(path) == ["one", "mine::new"]


def test_lm_evals_own_group_of_inline_tasks_is_listed_whole(catalog: Catalog) -> None:
    leaves = catalog.leaves("flan_held_in")
    assert len(leaves) == 59
    assert leaves[0] == "flan_held_in::anli_r1_flan::anli_r1_prompt-0"


def test_names_may_be_lists_patterns_files_and_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x_one", "x_two"):
        (tmp_path / f"{name}.yaml").write_text(f"task: {name}\n", encoding="utf-8")
    files = [str(tmp_path / "x_one.yaml"), str(tmp_path / "x_two.yaml")]
    assert expand_names(["gsm8k,mmlu", "gsm8k"]) == ("gsm8k", "mmlu")
    assert expand_names(["x_*"], str(tmp_path)) == ("x_one", "x_two")
    assert expand_names(["x_one.yaml", "x_*.yaml"]) == tuple(files)
    assert expand_names([str(tmp_path)]) == tuple(files)


def test_a_folder_called_like_a_task_is_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gsm8k").mkdir()
    assert expand_names(["gsm8k"]) == ("gsm8k",)


def test_what_names_nothing_stays_as_it_is_and_is_refused(catalog: Catalog) -> None:
    assert expand_names(["zzz_*"]) == ("zzz_*",)
    with pytest.raises(UnknownTask, match=r"zzz_\*"):
        catalog.leaves("zzz_*")
