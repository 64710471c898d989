"""promptfoo's assertions as rules: what has a counterpart, and what is said to have none."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.suites.grading import rules
from stack_tui.suites.model.case import Case
from tests.suites.import_export.importing import asserting, only


@pytest.mark.parametrize(
    ("assertion", "fields"),
    [
        ("{type: contains, value: 5}", {"must_mention": ("5",)}),
        ("{type: contains-all, value: [a, b]}", {"must_mention": ("a", "b")}),
        ("{type: icontains-any, value: 'a, b'}", {"must_mention": (("a", "b"),)}),
        ("{type: not-contains, value: a}", {"must_not_mention": ("a",)}),
        ("{type: not-contains-any, value: [a, b]}", {"must_not_mention": ("a", "b")}),
        ("{type: equals, value: '{{right}}'}", {"equals": "1"}),
        ("{type: equals, value: {a: 1}}", {"json_schema": {"const": {"a": 1}}}),
        ("{type: is-json}", {"json_schema": {}}),
        ("{type: contains-json}", {"contains_json": {}}),
        ("{type: is-json, value: {type: object}}", {"json_schema": {"type": "object"}}),
        ("{type: regex, value: '\\d{4}'}", {"regex": ("\\d{4}",)}),
        ("{type: not-regex, value: '^no'}", {"not_regex": ("^no",)}),
        ("{type: starts-with, value: Yes}", {"starts_with": "Yes"}),
        ("{type: word-count, value: {max: 9}}", {"max_words": 9}),
        ("{type: model-graded-closedqa, value: Is kind.}", {"rubric": "Is kind."}),
        ("{type: g-eval, value: [Is kind., Is short.]}", {"rubric": "Is kind.\nIs short."}),
        ("{type: contains, value: yes}", {"must_mention": ("yes",)}),
        ("{type: contains, value: 2024-01-05}", {"must_mention": ("2024-01-05",)}),
        ("{type: contains, value: 007}", {"must_mention": ("007",)}),
        (
            "{type: assert-set, assert: [{type: icontains, value: a}, {type: regex, value: b}]}",
            {"must_mention": ("a",), "regex": ("b",)},
        ),
    ],
)
def test_an_assertion_becomes_a_rule(
    tmp_path: Path, assertion: str, fields: dict[str, Any]
) -> None:
    assert only(asserting(tmp_path, assertion)) == Case(id="test-1", input="One?", **fields)


@pytest.mark.parametrize(
    ("kind", "met", "broken"),
    [("not-equals", "Yes!", " yes "), ("not-starts-with", "Oh yes", "Yes, so.")],
)
def test_a_negated_assertion_without_a_rule_of_its_own_becomes_a_pattern(
    tmp_path: Path, kind: str, met: str, broken: str
) -> None:
    (suite,) = asserting(tmp_path, f"{{type: {kind}, value: '{broken.strip()[:3]}'}}").suites
    case = suite.cases[0]
    assert not rules.grade(case, suite, met).issues
    assert rules.grade(case, suite, broken).issues


@pytest.mark.parametrize(
    ("assertion", "what"),
    [
        ("{type: javascript, value: 'output.length < 9'}", "assertions of type 'javascript'"),
        ("{type: similar, value: a, threshold: 0.8}", "assertions of type 'similar'"),
        ("{type: not-llm-rubric, value: a}", "assertions of type 'not-llm-rubric'"),
        ("{type: contains-any, values: [a]}", "assertions on a list without a list"),
        ("{type: contains}", "assertions on a text without a text"),
        ("{type: contains, value: a, transform: output.x}", "assertions on transformed output"),
        ("{type: contains, value: '{{ q | upper }}'}", "a template with logic or filters"),
        ("{type: contains, value: '{{other}}'}", "a template whose variable 'other' has no value"),
        ("{type: contains, value: '{{env.HOME}}'}", "a template that reads the environment"),
        ("{type: regex, value: '(?<x'}", "a JavaScript pattern that Python lacks"),
        ("{type: is-json, value: {type: nothing}}", "a JSON schema that cannot be checked"),
        ("{type: is-json, value: {enum: [null]}}", "a JSON schema with null in it"),
        ("{type: word-count, value: 9}", "word counts with a lower bound"),
        ("{type: assert-set, threshold: 0.5, assert: []}", "assert-sets of which only some"),
        (
            "{type: is-json, value: 'file://../out.json'}",
            "a file outside the configuration's folder",
        ),
        ("{type: is-json, value: 'file:///etc/hostname.json'}", "a file outside"),
        ("{type: cost, threshold: 1, weight: 0}", "assertions of type 'cost'"),
    ],
)
def test_what_suites_cannot_say_is_listed_with_its_place(
    tmp_path: Path, assertion: str, what: str
) -> None:
    brought = asserting(tmp_path, assertion)
    assert only(brought) == Case(id="test-1", input="One?")
    (note,) = brought.notes
    assert note.what.startswith(what)
    assert note.places == (f"{tmp_path / 'headlines.yaml'}:3: tests[0].assert[0]",)


def test_settings_that_change_what_an_assertion_means_are_listed(tmp_path: Path) -> None:
    brought = asserting(
        tmp_path, "{type: contains, value: a, weight: 3, metric: m, provider: p, message: x}"
    )
    assert [(note.kind, note.what.split(":")[0]) for note in brought.notes][:2] == [
        ("changed", "letter case mattered, and is ignored here"),
        ("changed", "weights"),
    ]
    assert {note.what.split(":")[0] for note in brought.notes[2:]} == {
        "names of metrics",
        "graders of single assertions",
        "the key 'message' of assertions",
    }
