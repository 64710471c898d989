"""YAML of other people: bounded, and clear in what is wrong with it."""

from pathlib import Path

import pytest

from stack_tui.benchmarks.catalog import task_index
from stack_tui.errors import StackError
from stack_tui.suites.import_export.promptfoo.yaml_text import read_yaml

BAD = {
    "control characters": "a: \x85\x9bb\0",
    "digits": "a: " + "9" * 5000,
    "nesting": "a: " + "[" * 5000 + "]" * 5000,
    "size": "# " + "x" * 5 * 2**20,
    "empty": "",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_an_error_with_its_file(text: str) -> None:
    with pytest.raises(StackError, match=r"x\.yaml"):
        read_yaml(text, Path("x.yaml"))


@pytest.mark.parametrize(
    "text", [BAD["control characters"], BAD["digits"]], ids=["control", "digits"]
)
def test_a_task_file_that_cannot_be_read_costs_itself_only(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"task: bad\n{text}\n")
    (tmp_path / "b.yaml").write_text("task: good\n")
    assert "good" in task_index.scan(tmp_path)
    with pytest.raises(StackError, match=r"a\.yaml"):
        task_index.read_config(str(tmp_path / "a.yaml"))
