"""What a benchmark run asks for is checked before its folder is made."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.benchmarks.preflight_checks import refuse_early
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.task_folder import CHOICE, indented, write_tasks

CHAT = Capabilities(chat=True, completions=False)
VLLM = Capabilities(
    completions=True, token_prompts=True, echo=True, prompt_logprobs=True, named_token_ids=True
)


def check(folder: Path, *tasks: str, capabilities: Capabilities = VLLM, **options: Any) -> None:
    benchmark = BenchmarkSubject(tasks=tasks, include_path=str(folder), **options)
    refuse_early(benchmark, open_catalog(str(folder)), capabilities)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inline = f"group: g\ntask:\n  - task: inside\n{indented(CHOICE, 4)}"
    write_tasks(tmp_path, t=f"task: t\n{CHOICE}", g=inline, empty="group: empty\ntask: t\n")
    return tmp_path


def test_a_group_without_tasks_is_refused(folder: Path) -> None:
    with pytest.raises(StackError, match="empty holds no tasks"):
        check(folder, "empty")


def test_an_inline_task_that_the_endpoint_cannot_run_is_refused(folder: Path) -> None:
    check(folder, "g")
    with pytest.raises(StackError, match="g::inside cannot run"):
        check(folder, "g", capabilities=CHAT)


def test_a_task_named_by_its_file_that_the_endpoint_cannot_run_is_refused(folder: Path) -> None:
    path = str(folder / "t.yaml")
    check(folder, path)
    with pytest.raises(StackError, match="t cannot run"):
        check(folder, path, capabilities=CHAT)


def test_samples_are_named_by_the_tasks_own_names(folder: Path) -> None:
    check(folder, "g", str(folder / "t.yaml"), samples={"g::inside": (0,), "t": (1,)})
    with pytest.raises(StackError, match="document -2 of the task t"):
        check(folder, "t", samples={"t": (1, -2)})


@pytest.mark.parametrize(
    ("gen", "words"),
    [
        ({"max_gen_toks": 0}, "whole number above 0"),
        ({"max_gen_toks": True}, "whole number above 0"),
        ({"until": ["a", 5]}, "a text, or a JSON list of texts"),
        ({"temperature": "hot"}, "a number"),
        ({"top_k": 1.5}, "a whole number"),
        ({"do_sample": "yes"}, "true or false"),
    ],
)
def test_a_setting_of_a_wrong_type_is_refused_by_its_name(
    gen: dict[str, Any], words: str, folder: Path
) -> None:
    with pytest.raises(StackError) as refusal:
        check(folder, "t", gen=gen)
    assert next(iter(gen)) in refusal.value.what
    assert words in refusal.value.what


def test_settings_of_the_right_type_and_unknown_ones_are_taken(folder: Path) -> None:
    known = {"max_gen_toks": 5.0, "until": [], "temperature": 1, "top_k": -1, "do_sample": False}
    check(folder, "t", gen={**known, "guided_regex": ["whatever"]})
