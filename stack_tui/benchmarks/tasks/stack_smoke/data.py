"""The questions of stack_smoke, and how its short answers are graded."""

import json
import re
from pathlib import Path
from typing import Any

import datasets

_FOLDER = Path(__file__).parent


def choices(**_: Any) -> dict[str, Any]:
    """Return the questions with four choices."""
    return _read("choice.jsonl")


def answers(**_: Any) -> dict[str, Any]:
    """Return the questions with a short answer."""
    return _read("answer.jsonl")


def grade(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Give 1 where the first line holds an accepted answer as a word of its own, in any case."""
    lines = results[0].strip().splitlines()
    first = lines[0].replace(",", "") if lines else ""
    found = any(
        re.search(rf"(?<![\w.-]){re.escape(answer)}(?!\w|[.]\d)", first, re.IGNORECASE)
        for answer in doc["answers"]
    )
    return {"exact_match": float(found)}


def _read(name: str) -> dict[str, Any]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return {"test": datasets.Dataset.from_list([json.loads(line) for line in text.splitlines()])}
