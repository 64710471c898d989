"""Child processes run this package's modules, and no file of the folder they are started in."""

import subprocess
from pathlib import Path

import pytest

import stack_tui
from stack_tui.child_command import module_command

PACKAGE = Path(stack_tui.__file__).parent


@pytest.mark.parametrize(
    "module",
    [
        "stack_tui.worker",
        "stack_tui.endpoints.embedded.server_process",
        "stack_tui.benchmarks.harness.lm_eval_process",
    ],
)
def test_python_files_of_the_working_folder_are_not_run(module: str, tmp_path: Path) -> None:
    for name in ("random", "queue", "typing", "tokenize", "msgspec", "stack_tui", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\n")
    subprocess.run(module_command(module), cwd=tmp_path, capture_output=True, timeout=60)
    assert not (tmp_path / "ran").exists()


def test_every_module_is_started_by_that_command() -> None:
    sources = {path for path in PACKAGE.rglob("*.py") if '"-m"' in path.read_text("utf-8")}
    assert sources == {PACKAGE / "child_command.py"}
