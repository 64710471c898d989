"""Finding benchmarks by name, without importing lm-eval."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack_tui.benchmarks.catalog.catalog import Catalog, UnknownTask, open_catalog
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
