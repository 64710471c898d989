"""promptfoo's tests, inline and in files, one per combination of their variables."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack_tui.errors import StackError
from stack_tui.suites.import_export.imported import Notes
from stack_tui.suites.import_export.promptfoo.assertions import Assertion
from stack_tui.suites.import_export.promptfoo.templates import Unmapped, contents, referred, text
from stack_tui.suites.import_export.promptfoo.yaml_text import YamlDocument, read_yaml
from stack_tui.suites.import_export.records import objects, rows
from stack_tui.toml_edit.source import read_utf8

_MOST_OF_ONE_TEST = 10_000
_KNOWN = frozenset({"description", "vars", "assert", "metadata"})
_TEMPLATE = "#/assertionTemplates/"
_VALUE_FILES = (".txt", ".md", ".json", ".yaml", ".yml")
_TEST_FILES = (".yaml", ".yml", ".json", ".jsonl", ".csv")
_EXPECTED = re.compile(r"__expected[0-9]*")
_ASSERTION = re.compile(
    r"(?P<kind>(?:not-)?(?:equals|i?contains(?:-all|-any|-json)?|starts-with|regex|is-json|word-count"
    r"|llm-rubric|g-eval|factuality|model-graded-closedqa|similar|latency|cost|levenshtein|rouge-n"
    r"|javascript|python|webhook|answer-relevance|perplexity|moderation|grade|fn|eval))"
    r"(?:\((?P<threshold>[0-9.]+)\))?(?::(?P<value>.*))?",
    re.DOTALL,
)
_OLD_NAMES = {"grade": "llm-rubric", "fn": "javascript", "eval": "javascript"}

Stated = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class PromptfooTest:
    """Values for the variables, the assertions on the output, and the test's place."""

    where: str
    description: str
    values: Mapping[str, Any]
    assertions: tuple[Assertion, ...]
    labels: tuple[str, ...]


def tests_of(config: YamlDocument, notes: Notes) -> list[PromptfooTest]:
    """Return the tests that suites can express, with notes on the others.

    Raises StackError if a file of tests is not valid.
    """
    shared = _shared(config, notes)
    stated = config.data.get("tests", [])
    found: list[PromptfooTest] = []
    for place, one in enumerate(stated if isinstance(stated, list) else [stated]):
        where = config.where("tests", place) if isinstance(stated, list) else config.where("tests")
        try:
            stated_there = list(_stated(one, where, config.path.parent))
        except Unmapped as reason:
            notes.left_out(where, str(reason))
            continue
        for test_where, test in stated_there:
            try:
                found += _tests(test_where, test, shared, config, notes)
            except Unmapped as reason:
                notes.left_out(test_where, str(reason))
    return found


def _shared(config: YamlDocument, notes: Notes) -> Mapping[str, Any]:
    """Return the settings that all tests share."""
    where, shared = config.where("defaultTest"), config.data.get("defaultTest") or {}
    try:
        shared = next(contents(shared, config.path.parent, (".yaml", ".yml", ".json")))
    except Unmapped as reason:
        notes.left_out(where, str(reason))
        return {}
    if not isinstance(shared, Mapping):
        raise StackError(
            "expected the settings of tests", where=where, remedy="Write them as keys and values."
        )
    for key in shared:
        if key not in _KNOWN:
            notes.left_out(where, f"the setting {key} of tests")
    return shared


def _stated(one: Any, where: str, folder: Path) -> Iterator[Stated]:
    """Yield the test, or those in the file it refers to, with their places."""
    if isinstance(one, Mapping):
        yield where, one
        return
    if not isinstance(one, str):
        raise Unmapped("a test that is not an object")
    for path in referred(one, folder, _TEST_FILES):
        content = read_utf8(path)
        if path.suffix == ".csv":
            yield from _table_tests(content, path)
        elif path.suffix == ".jsonl":
            yield from ((f"{path}:{line}", test) for line, test in objects(content, path))
        else:
            document = read_yaml(content, path)
            listed = document.data if isinstance(document.data, list) else [document.data]
            for number, test in enumerate(listed):
                if not isinstance(test, Mapping):
                    raise StackError(
                        "expected a test",
                        where=document.where(number),
                        remedy="Write it as keys and values.",
                    )
                yield document.where(number), test


def _tests(
    where: str,
    data: Mapping[str, Any],
    shared: Mapping[str, Any],
    config: YamlDocument,
    notes: Notes,
) -> Iterator[PromptfooTest]:
    """Yield the test once for each combination of its variables' values."""
    for key in data:
        if key not in _KNOWN:
            notes.left_out(where, f"the setting {key} of tests")
    stated = [part.get("vars") or {} for part in (shared, data)]
    if not all(isinstance(one, Mapping) for one in stated):
        raise Unmapped("variables that are kept in another file")
    choices = {
        name: [
            content
            for one in (value if isinstance(value, list) else [value])
            for content in contents(one, config.path.parent, _VALUE_FILES)
        ]
        for name, value in {**stated[0], **stated[1]}.items()
    }
    assertions = (
        *_assertions(config.where("defaultTest"), shared.get("assert"), config, notes),
        *_assertions(where, data.get("assert"), config, notes),
    )
    labels = tuple(dict.fromkeys([*_labels(shared), *_labels(data)]))
    product = itertools.product(*choices.values())
    for values in itertools.islice(product, _MOST_OF_ONE_TEST):
        chosen = dict(zip(choices, values, strict=True))
        yield PromptfooTest(where, text(data.get("description")), chosen, assertions, labels)
    if (left := math.prod(map(len, choices.values())) - _MOST_OF_ONE_TEST) > 0:
        notes.left_out(where, f"{left} combinations of variables beyond {_MOST_OF_ONE_TEST}")


def _assertions(where: str, stated: Any, config: YamlDocument, notes: Notes) -> Iterator[Assertion]:
    templates = config.data.get("assertionTemplates") or {}
    for place, one in enumerate(stated if isinstance(stated, list) else []):
        name = one.get("$ref", "") if isinstance(one, Mapping) else ""
        found = templates.get(str(name).removeprefix(_TEMPLATE)) if name else one
        at = f"{where}.assert[{place}]"
        if isinstance(found, Mapping):
            yield Assertion(at, found)
        else:
            notes.left_out(at, "an assertion that is not an object")


def _labels(part: Mapping[str, Any]) -> Iterator[str]:
    metadata = part.get("metadata")
    for name, value in metadata.items() if isinstance(metadata, Mapping) else ():
        for one in value if isinstance(value, list) else [value]:
            yield f"{name}:{text(one).strip()}"


def _table_tests(content: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each row's place and its test; raises StackError with the line."""
    for line, row in rows(content, path):
        test: dict[str, Any] = {"vars": {}, "assert": [], "metadata": {}}
        for column, cell in row.items():
            if not column.startswith("__"):
                test["vars"][column] = cell
            elif not cell:
                continue
            elif _EXPECTED.fullmatch(column):
                test["assert"].append(_assertion(cell))
            elif column.startswith("__metadata:"):
                name = column.removeprefix("__metadata:")
                test["metadata"][name.removesuffix("[]")] = (
                    cell.split(",") if name.endswith("[]") else cell
                )
            else:
                test[column.removeprefix("__")] = cell
        yield f"{path}:{line}", test


def _assertion(cell: str) -> dict[str, Any]:
    """Return the assertion of a cell such as `contains-any: a,b`; the default type is `equals`."""
    match = _ASSERTION.fullmatch(cell.strip())
    if match is None:
        return {"type": "equals", "value": cell}
    assertion: dict[str, Any] = {"type": _OLD_NAMES.get(match["kind"], match["kind"])}
    if value := (match["value"] or "").strip():
        assertion["value"] = value
    if match["threshold"]:
        assertion["threshold"] = float(match["threshold"])
    return assertion
