"""A case as the texts of a form's fields, and back: lists have one item per line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from stack_tui.tui.ui.form_field import Field

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case

OR = " | "
_CRITERION = re.compile(
    r"(?P<name>[^:]*?)(?:\s*[×*]\s*(?P<weight>-?[0-9]+(?:\.[0-9]+)?)\s*)?:(?P<ask>.*)"
)


def from_texts(texts: Mapping[str, str], before: Case) -> tuple[Case | None, dict[str, str]]:
    """Return the case that the fields describe, and the problems by field; None if there are any.

    An unchanged field keeps its value, even if a form could not express it.
    """
    from stack_tui.suites.model.validation import case_problems

    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in FIELDS:
        text = texts[field.name]
        try:
            if text != field.show(getattr(before, field.name)):
                values[field.name] = field.read(text)
        except ValueError as error:
            problems[field.name] = str(error)
    if problems:
        return None, problems
    case = msgspec.structs.replace(before, **values)
    for problem in case_problems(case):
        name = problem.field.split("[")[0].split(".")[0]
        problems.setdefault(name, problem.message)
    return (None if problems else case), problems


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _phrases(text: str) -> tuple[str | tuple[str, ...], ...]:
    parts = (tuple(each.strip() for each in line.split(OR.strip())) for line in _lines(text))
    return tuple(part[0] if len(part) == 1 else part for part in parts)


def _show_phrases(phrases: tuple[str | tuple[str, ...], ...] | str) -> str:
    each = (phrases,) if isinstance(phrases, str) else phrases
    return "\n".join(phrase if isinstance(phrase, str) else OR.join(phrase) for phrase in each)


def _text_or_none(text: str) -> str | None:
    return text.strip() or None


def _show_optional(value: object) -> str:
    return "" if value is None else str(value)


def _whole(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number or empty") from None


def _share(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number from 0 to 1, or empty") from None


def _number(text: str) -> Any:
    from stack_tui.suites.model.case import Number

    if not text.strip():
        return None
    value, _, tolerance = text.partition("±")
    try:
        return Number(value=float(value), tolerance=float(tolerance or 0))
    except ValueError:
        raise ValueError("must be a number, or a number ± a tolerance") from None


def _show_number(number: Any) -> str:
    if number is None:
        return ""
    return f"{number.value:g}" + (f" ± {number.tolerance:g}" if number.tolerance else "")


def _criteria(text: str) -> tuple[Any, ...]:
    from stack_tui.suites.model.case import Criterion

    found = []
    for line in _lines(text):
        match = _CRITERION.fullmatch(line)
        if match is None:
            raise ValueError("each line must be a name, a colon and what to judge")
        weight = float(match["weight"] or 1)
        found.append(Criterion(name=match["name"].strip(), weight=weight, ask=match["ask"].strip()))
    return tuple(found)


def _show_criteria(criteria: tuple[Any, ...]) -> str:
    return "\n".join(
        f"{each.name}{'' if each.weight == 1 else f' × {each.weight:g}'}: {each.ask}"
        for each in criteria
    )


def _schema(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.ValidationError:
        raise ValueError("must be a JSON object") from None
    except msgspec.DecodeError as error:
        raise ValueError(f"is not valid JSON: {error}") from None


def _show_schema(schema: dict[str, Any] | None) -> str:
    return "" if schema is None else json.dumps(schema, indent=2)


FIELDS: tuple[Field, ...] = (
    Field("id", 1, "unique name in the suite", str, str.strip),
    Field("labels", 1, "comma-separated", ", ".join, lambda t: _lines(t.replace(",", "\n"))),
    Field("cluster", 1, "cases of one cluster count as one", str, str.strip),
    Field("input", 6, "inserted into the prompt", str, str),
    Field("must_mention", 3, "one per line; | separates alternatives", _show_phrases, _phrases),
    Field("must_not_mention", 2, "one per line", _show_phrases, _lines),
    Field("rubric", 3, "what the judges look for", str, str),
    Field("criteria", 3, "one per line: accuracy × 2: what to judge", _show_criteria, _criteria),
    Field("reference", 2, "an ideal output, for the judges", str, str),
    Field("max_sentences", 1, "maximum", _show_optional, _whole),
    Field("max_words", 1, "maximum", _show_optional, _whole),
    Field("max_chars", 1, "maximum", _show_optional, _whole),
    Field("regex", 2, "one per line; must match somewhere", _show_phrases, _lines),
    Field("not_regex", 2, "one per line; must not match anywhere", _show_phrases, _lines),
    Field("equals", 1, "the whole output", _show_optional, _text_or_none),
    Field("one_of", 2, "one per line", _show_phrases, _lines),
    Field("starts_with", 1, "how the output begins", _show_optional, _text_or_none),
    Field("pass_mark", 1, "rule score that passes; 1: all must hold", _show_optional, _share),
    Field("number", 1, "the output ends in 42, or 42 ± 0.5", _show_number, _number),
    Field("json_schema", 3, "the output must be JSON that it allows", _show_schema, _schema),
    Field("contains_json", 3, "JSON within the output must meet it", _show_schema, _schema),
)
