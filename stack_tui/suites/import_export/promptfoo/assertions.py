"""promptfoo's assertions as rules and rubrics, with notes on those that have no counterpart."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stack_tui.errors import StackError
from stack_tui.suites.grading import patterns
from stack_tui.suites.grading.json_rule import schema_problem
from stack_tui.suites.import_export.imported import Notes
from stack_tui.suites.import_export.promptfoo import references
from stack_tui.suites.import_export.promptfoo.templates import Unmapped, render, text
from stack_tui.suites.import_export.promptfoo.yaml_text import read_yaml
from stack_tui.suites.model.case import Phrase
from stack_tui.toml_edit import items
from stack_tui.toml_edit.source import read_utf8

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


@dataclass
class Rules:
    """Collects the rules and the rubric of one case."""

    must_mention: list[Phrase] = field(default_factory=list)
    must_not_mention: list[str] = field(default_factory=list)
    regex: list[str] = field(default_factory=list)
    not_regex: list[str] = field(default_factory=list)
    rubric: list[str] = field(default_factory=list)
    single: dict[str, Any] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Return the fields of a case that have a value."""
        listed = {
            "must_mention": tuple(self.must_mention),
            "must_not_mention": tuple(self.must_not_mention),
            "regex": tuple(self.regex),
            "not_regex": tuple(self.not_regex),
            "rubric": "\n".join(self.rubric),
        }
        return {name: value for name, value in listed.items() if value} | self.single

    def set(self, name: str, value: Any) -> None:
        """Set a field; raises Unmapped if it already has another value."""
        if self.single.setdefault(name, value) != value:
            raise Unmapped(f"a second {name}: a case can have only one")


def rules_of(
    assertions: Iterable[Assertion], values: Mapping[str, Any], folder: Path, notes: Notes
) -> dict[str, Any]:
    """Return a case's fields for the assertions, whose templates are filled in with `values`."""
    rules = Rules()
    for assertion in _flat(assertions, notes):
        try:
            add = _converter(assertion.data)
            add(rules, _value(assertion.data.get("value"), values, folder))
        except Unmapped as reason:
            notes.left_out(assertion.where, str(reason))
        else:
            _note(assertion, notes)
    return rules.fields()


def _converter(data: Mapping[str, Any]) -> Callable[[Rules, Any], None]:
    """Return the function that adds such an assertion to the rules; raises Unmapped."""
    kind = text(data.get("type"))
    if kind not in _CONVERTERS:
        raise Unmapped(f"assertions of type {kind!r}")
    if data.get("transform") is not None:
        raise Unmapped("assertions on transformed output")
    if data.get("weight") == 0:
        raise Unmapped("assertions of weight 0, which only measure")
    return _CONVERTERS[kind]


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


def _value(value: Any, values: Mapping[str, Any], folder: Path) -> Any:
    """Return the value with its templates filled in; a file's name is replaced by its content."""
    rendered = render(value, values)
    if not references.is_reference(rendered):
        return rendered
    path = references.referred(rendered, folder, (".json", ".yaml", ".yml", ".txt"))[0]
    content = read_utf8(path)
    return content if path.suffix == ".txt" else read_yaml(content, path).data


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


def _equals(rules: Rules, value: Any) -> None:
    if isinstance(value, list | Mapping):
        _json(rules, {"const": value})
    else:
        rules.set("equals", _phrase(value))


def _json(rules: Rules, value: Any) -> None:
    schema = {} if value is None else value
    if not isinstance(schema, Mapping):
        raise Unmapped("a JSON schema that is not an object")
    try:
        plain = items.plain(schema)
    except StackError as error:
        raise Unmapped(f"a JSON schema with null in it: {error.what}") from None
    if problem := schema_problem(plain):
        raise Unmapped(f"a JSON schema that cannot be checked: {problem}")
    rules.set("json_schema", plain)


def _word_count(rules: Rules, value: Any) -> None:
    if not isinstance(value, Mapping) or set(value) != {"max"} or not isinstance(value["max"], int):
        raise Unmapped("word counts with a lower bound")
    rules.set("max_words", value["max"])


def _starts(phrase: str) -> str:
    return rf"\A\s*{re.escape(phrase)}"


def _criteria(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_phrase(one) for one in value)
    return _phrase(value)


_CONVERTERS: dict[str, Callable[[Rules, Any], None]] = (
    {
        "equals": _equals,
        "is-json": _json,
        "word-count": _word_count,
        "regex": lambda rules, value: rules.regex.append(_pattern(value)),
        "not-regex": lambda rules, value: rules.not_regex.append(_pattern(value)),
        "starts-with": lambda rules, value: rules.set("starts_with", _phrase(value)),
        "not-starts-with": lambda rules, value: rules.not_regex.append(_starts(_phrase(value))),
        "not-equals": lambda rules, value: rules.not_regex.append(
            rf"{_starts(_phrase(value))}\s*\Z"
        ),
        "llm-rubric": lambda rules, value: rules.rubric.append(_criteria(value)),
        "g-eval": lambda rules, value: rules.rubric.append(_criteria(value)),
        "model-graded-closedqa": lambda rules, value: rules.rubric.append(_criteria(value)),
        "factuality": lambda rules, value: rules.rubric.append(
            f"Agrees in its facts with this: {_phrase(value)}"
        ),
    }
    | {
        f"{letters}contains{ending}": add
        for letters in ("", "i")
        for ending, add in {
            "": lambda rules, value: rules.must_mention.append(_phrase(value)),
            "-all": lambda rules, value: rules.must_mention.extend(_phrases(value)),
            "-any": lambda rules, value: rules.must_mention.append(_phrases(value)),
        }.items()
    }
    | {
        f"not-{letters}contains{ending}": add
        for letters in ("", "i")
        for ending, add in {
            "": lambda rules, value: rules.must_not_mention.append(_phrase(value)),
            "-any": lambda rules, value: rules.must_not_mention.extend(_phrases(value)),
        }.items()
    }
)
