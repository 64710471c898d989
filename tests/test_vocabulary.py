"""One noun stands for one thing: public types, and the files that hold them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import stack_tui

PACKAGE = Path(stack_tui.__file__).parent

# Each feature of the app has these files, and `python -m` finds a package by the last.
FIXED_STEMS = {"pane", "actions", "rows", "form", "__init__", "__main__"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def public_types(path: Path) -> Iterator[str]:
    """Yield the classes and type aliases that a module defines at its top level."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from (name for name in names if name[:1].isupper() and not name.isupper())


def test_each_public_type_name_is_defined_in_one_module() -> None:
    places = defaultdict(set)
    for path in modules():
        for name in public_types(path):
            if not name.startswith("_"):
                places[name].add(str(path.relative_to(PACKAGE)))
    assert {name: sorted(where) for name, where in places.items() if len(where) > 1} == {}


def test_each_module_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for path in modules():
        if path.stem not in FIXED_STEMS:
            places[path.stem].append(str(path.relative_to(PACKAGE)))
    assert {stem: where for stem, where in places.items() if len(where) > 1} == {}


def test_no_file_is_longer_than_one_idea_needs() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
