"""What differs between lm_eval's files of two runs of one task."""

import glob
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Servers compute in single precision, and in other batches.
_LOGPROB_TOLERANCE = 0.01
_METRIC_TOLERANCE = 0.005
_IGNORED = {"resps", "filtered_resps", "arguments", "doc_hash", "target_hash", "prompt_hash"}
_PARTS = ("results", "versions", "n-shot", "n-samples", "higher_is_better")
# lm-eval writes log-probabilities as text.
_WRITTEN_NUMBER = re.compile(r"-?(\d+\.\d+(e[+-]?\d+)?|inf)|nan")
_Row = dict[str, Any]


@dataclass
class Difference:
    """Where two runs differ; `differing` holds a line for each kind of it."""

    documents: int = 0
    metrics: int = 0
    logprob: float = 0.0
    differing: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add what differs."""
        self.differing.append(text[:300])


def sample_rows(folder: Path, task: str) -> dict[tuple[int, str], _Row]:
    """Return the rows of lm-eval's samples file of the task by document and filter."""
    found = {}
    for path in sorted(folder.rglob(f"samples_{glob.escape(task)}_2*.jsonl")):
        for line in path.read_bytes().splitlines():
            row = json.loads(line)
            found[row["doc_id"], row["filter"]] = row
    return found


def result_parts(folder: Path, task: str) -> dict[str, Any]:
    """Return what lm-eval's results files say of the task."""
    found: dict[str, Any] = {part: {} for part in _PARTS}
    for path in folder.rglob("results_*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        for part in _PARTS:
            said = results.get(part) or {}
            found[part] |= {name: value for name, value in said.items() if name == task}
    return found


def compare(theirs: Path, ours: Path, task: str) -> Difference:
    """Return how two runs' files of a task differ: every prompt, response, metric and error."""
    found = Difference()
    expected, rows = sample_rows(theirs, task), sample_rows(ours, task)
    if expected.keys() != rows.keys():
        found.note(f"other documents: {sorted(expected.keys() ^ rows.keys())[:4]}")
    for key in sorted(expected.keys() & rows.keys()):
        found.documents += 1
        _compare_rows(found, f"document {key[0]}", expected[key], rows[key])
    expected_parts, parts = result_parts(theirs, task), result_parts(ours, task)
    for part in _PARTS:
        _compare_results(found, part, expected_parts[part], parts[part])
    if not found.metrics:
        found.note("no metric at all")
    return found


def _compare_rows(found: Difference, where: str, theirs: _Row, ours: _Row) -> None:
    for name in ("prompt_hash", "target_hash", "doc_hash"):
        if theirs.get(name) != ours.get(name):
            found.note(f"{where}: {name}")
    for name in ("resps", "filtered_resps"):
        found.logprob = max(found.logprob, logprob_gap(theirs[name], ours[name]))
        if not alike(theirs[name], ours[name], _LOGPROB_TOLERANCE):
            found.note(f"{where}: {name} {theirs[name]} != {ours[name]}")
    if sorted(theirs) != sorted(ours):
        found.note(f"{where}: columns {sorted(set(theirs) ^ set(ours))}")
    for name in sorted((theirs.keys() & ours.keys()) - _IGNORED):
        if not alike(theirs[name], ours[name], _METRIC_TOLERANCE):
            found.note(f"{where}: {name} {theirs[name]} != {ours[name]}")


def _compare_results(
    found: Difference, part: str, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    if theirs.keys() != ours.keys():
        found.note(f"{part}: {sorted(theirs.keys() ^ ours.keys())}")
    for name in sorted(theirs.keys() & ours.keys()):
        one, other = theirs[name], ours[name]
        if isinstance(one, dict) and part == "results":
            found.metrics += sum(1 for key in one if "," in key)
            for key in sorted(one.keys() | other.keys()):
                if not alike(one.get(key), other.get(key), _METRIC_TOLERANCE):
                    found.note(f"{part} {name} {key}: {one.get(key)} != {other.get(key)}")
        elif not alike(one, other, 0.0):
            found.note(f"{part} {name}: {one} != {other}")


def alike(one: Any, other: Any, tolerance: float) -> bool:
    """Return whether two values of JSON are equal, numbers up to a relative tolerance."""
    one, other = _number(one), _number(other)
    if isinstance(one, float) and isinstance(other, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance / 10)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            alike(first, second, tolerance) for first, second in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            alike(one[key], other[key], tolerance) for key in one
        )
    return bool(one == other)


def logprob_gap(one: Any, other: Any) -> float:
    """Return the greatest difference of two numbers at the same place."""
    one, other = _number(one), _number(other)
    if isinstance(one, float) and isinstance(other, float):
        gap = abs(one - other)
        return gap if math.isfinite(gap) else 0.0
    if isinstance(one, list) and isinstance(other, list):
        return max(map(logprob_gap, one, other), default=0.0)
    return 0.0


def _number(value: Any) -> Any:
    """Return a number as a float, also one that lm-eval wrote as text; other values as they are."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and _WRITTEN_NUMBER.fullmatch(value):
        return float(value)
    return value
