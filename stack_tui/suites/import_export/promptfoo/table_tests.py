"""promptfoo's tests as CSV: columns are variables, except those that begin with __."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stack_tui.suites.import_export.tables import rows

_EXPECTED = re.compile(r"__expected[0-9]*")
_ASSERTION = re.compile(
    r"(?P<kind>(?:not-)?(?:equals|i?contains(?:-all|-any|-json)?|starts-with|regex|is-json|word-count"
    r"|llm-rubric|g-eval|factuality|model-graded-closedqa|similar|latency|cost|levenshtein|rouge-n"
    r"|javascript|python|webhook|answer-relevance|perplexity|moderation|grade|fn|eval))"
    r"(?:\((?P<threshold>[0-9.]+)\))?(?::(?P<value>.*))?",
    re.DOTALL,
)
_OLD_NAMES = {"grade": "llm-rubric", "fn": "javascript", "eval": "javascript"}


def table_tests(content: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
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
    value = match["value"]
    assertion: dict[str, Any] = {"type": _OLD_NAMES.get(match["kind"], match["kind"])}
    if value is not None and value.strip():
        assertion["value"] = value.strip()
    if match["threshold"]:
        assertion["threshold"] = float(match["threshold"])
    return assertion
