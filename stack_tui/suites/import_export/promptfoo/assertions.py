"""promptfoo's assertions as rules and rubrics, with notes on those that have no counterpart."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack_tui.errors import StackError
from stack_tui.suites.grading import patterns
from stack_tui.suites.grading.json_rule import schema_problem
from stack_tui.suites.import_export.imported import Notes
from stack_tui.suites.import_export.promptfoo.templates import Unmapped, contents, render, text
from stack_tui.toml_edit import items

_CASE_COUNTS = re.compile(r"(not-)?(contains(-all|-any)?|equals|starts-with)")
_SETTINGS = {
    "threshold": "thresholds of assertions",
    "metric": "names of metrics",
    "provider": "graders of single assertions: a run has its own judges",
    "rubricPrompt": "prompts for graders: a suite has a single judge_prompt",
    "config": "settings of assertions",
}


@dataclass(frozen=True)
class Assertion:
    """An assertion and its place in the configuration."""

    where: str
    data: Mapping[str, Any]


def rules_of(
    assertions: Iterable[Assertion], values: Mapping[str, Any], folder: Path, notes: Notes
) -> dict[str, Any]:
    """Return a case's fields for the assertions, whose templates are filled in with `values`."""
    fields: dict[str, Any] = {}
    for assertion in _flat(assertions, notes):
        try:
            name, value = _rule(assertion.data, values, folder)
        except Unmapped as reason:
            notes.left_out(assertion.where, str(reason))
            continue
        if isinstance(value, list):
            fields[name] = (*fields.get(name, ()), *value)
        elif fields.setdefault(name, value) != value:
            notes.left_out(assertion.where, f"a second {name}: a case can have only one")
            continue
        _note(assertion, notes)
    if "rubric" in fields:
        fields["rubric"] = "\n".join(fields["rubric"])
    return fields


def _rule(data: Mapping[str, Any], values: Mapping[str, Any], folder: Path) -> tuple[str, Any]:
    """Return the field and its value for an assertion; raises Unmapped if there is none."""
    kind = text(data.get("type"))
    # Letter case never counts here, so both kinds of `contains` become the same rule.
    rule = _RULES.get(kind.replace("icontains", "contains"))
    if rule is None:
        raise Unmapped(f"assertions of type {kind!r}")
    if data.get("transform") is not None:
        raise Unmapped("assertions on transformed output")
    if data.get("weight") == 0:
        raise Unmapped("assertions of weight 0, which only measure")
    rendered = render(data.get("value"), values)
    value = next(contents(rendered, folder, (".json", ".yaml", ".yml", ".txt")))
    if kind == "equals" and isinstance(value, list | Mapping):
        return "json_schema", _schema({"const": value})
    name, convert = rule
    return name, convert(value)


def _flat(assertions: Iterable[Assertion], notes: Notes) -> Iterator[Assertion]:
    """Yield the assertions; a set of which all must hold is replaced by those within it."""
    for assertion in assertions:
        inner = assertion.data.get("assert")
        if assertion.data.get("type") != "assert-set":
            yield assertion
        elif assertion.data.get("threshold") is not None or not isinstance(inner, list):
            notes.left_out(assertion.where, "assert-sets of which only some must hold")
        else:
            found = enumerate(one for one in inner if isinstance(one, Mapping))
            within = [Assertion(f"{assertion.where}.assert[{n}]", one) for n, one in found]
            yield from _flat(within, notes)


def _note(assertion: Assertion, notes: Notes) -> None:
    if _CASE_COUNTS.fullmatch(text(assertion.data.get("type"))):
        notes.changed(assertion.where, "letter case mattered, and is ignored here")
    if assertion.data.get("weight") not in (None, 1):
        notes.changed(assertion.where, "weights: all phrases of a rule count equally here")
    for key in assertion.data:
        if key not in ("type", "value", "weight", "transform"):
            what = _SETTINGS.get(key, f"the key {key!r} of assertions")
            notes.left_out(assertion.where, what)


def _phrase(value: Any) -> str:
    if isinstance(value, list | Mapping) or not text(value).strip():
        raise Unmapped("assertions on a text without a text")
    return text(value)


def _phrases(value: Any) -> tuple[str, ...]:
    """Return the texts of a list, or of a comma-separated text."""
    listed = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise Unmapped("assertions on a list without a list")
    return tuple(_phrase(one) for one in listed)


def _pattern(value: Any) -> str:
    pattern = _phrase(value)
    try:
        patterns.compiled(pattern)
    except patterns.PatternError as error:
        raise Unmapped(f"a JavaScript pattern that Python lacks ({error}): {pattern}") from None
    return pattern


def _schema(value: Any) -> Any:
    schema = {} if value is None else value
    if not isinstance(schema, Mapping):
        raise Unmapped("a JSON schema that is not an object")
    try:
        plain = items.plain(schema)
    except StackError as error:
        raise Unmapped(f"a JSON schema with null in it: {error.what}") from None
    if problem := schema_problem(plain):
        raise Unmapped(f"a JSON schema that cannot be checked: {problem}")
    return plain


def _max_words(value: Any) -> int:
    if not isinstance(value, Mapping) or set(value) != {"max"} or not isinstance(value["max"], int):
        raise Unmapped("word counts with a lower bound")
    return int(value["max"])


def _start(value: Any) -> str:
    return rf"\A\s*{re.escape(_phrase(value))}"


def _criteria(value: Any) -> list[str]:
    return [_phrase(one) for one in (value if isinstance(value, list) else [value])]


# The field of a case for each type of assertion, and its value; a list adds to the field.
_RULES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "equals": ("equals", _phrase),
    "is-json": ("json_schema", _schema),
    "contains-json": ("contains_json", _schema),
    "word-count": ("max_words", _max_words),
    "starts-with": ("starts_with", _phrase),
    "regex": ("regex", lambda value: [_pattern(value)]),
    "not-regex": ("not_regex", lambda value: [_pattern(value)]),
    "not-starts-with": ("not_regex", lambda value: [_start(value)]),
    "not-equals": ("not_regex", lambda value: [rf"{_start(value)}\s*\Z"]),
    "contains": ("must_mention", lambda value: [_phrase(value)]),
    "contains-all": ("must_mention", lambda value: [*_phrases(value)]),
    "contains-any": ("must_mention", lambda value: [_phrases(value)]),
    "not-contains": ("must_not_mention", lambda value: [_phrase(value)]),
    "not-contains-any": ("must_not_mention", lambda value: [*_phrases(value)]),
    "llm-rubric": ("rubric", _criteria),
    "g-eval": ("rubric", _criteria),
    "model-graded-closedqa": ("rubric", _criteria),
    "factuality": ("rubric", lambda value: [f"Agrees in its facts with this: {_phrase(value)}"]),
}
