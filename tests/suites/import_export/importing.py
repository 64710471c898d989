"""Importing configurations that stand in a test."""

from pathlib import Path

from stack_tui.suites.import_export.imported import Imported
from stack_tui.suites.import_export.promptfoo.promptfoo_config import read_promptfoo
from stack_tui.suites.model.case import Case


def imported(folder: Path, config: str, **files: str) -> Imported:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    path = folder / "headlines.yaml"
    path.write_text(config)
    return read_promptfoo(path)


def only(brought: Imported) -> Case:
    (suite,) = brought.suites
    (case,) = suite.cases
    return case


def said(brought: Imported) -> list[str]:
    return [note.what for note in brought.notes]


def asserting(folder: Path, assertion: str, more: str = "") -> Imported:
    """Import one test whose assertion is given as YAML on one line."""
    tests = f"tests:\n  - vars: {{q: 'One?', right: '1'}}\n    assert:\n      - {assertion}\n"
    return imported(folder, f"prompts: ['{{{{q}}}}']\n{tests}{more}")
