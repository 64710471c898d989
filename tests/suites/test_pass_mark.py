"""What a case's pass mark lets an output get away with."""

from typing import Any

import pytest

from stack_tui.suites.grading.pass_mark import can_fail, condition_count, most_misses
from stack_tui.suites.model.case import Number
from tests.suites.suites import case, suite

ALL: dict[str, Any] = {
    "must_mention": ("a", ("b", "c")),
    "must_not_mention": ("d",),
    "regex": ("e", "f"),
    "not_regex": "g",
    "max_chars": 9,
    "max_words": 9,
    "max_sentences": 9,
    "equals": "h",
    "one_of": ("i", "j"),
    "starts_with": "k",
    "json_schema": {},
    "contains_json": {},
    "number": Number(value=1),
}


def test_every_rule_of_a_case_counts_its_conditions() -> None:
    assert condition_count(case(**ALL)) == 15


@pytest.mark.parametrize(("mark", "misses"), [(0.8, 1), (0.5, 3), (1.0, 0)])
def test_the_pass_mark_says_how_many_conditions_may_be_missed(mark: float, misses: int) -> None:
    asked = case(must_mention=("a", "b", "c"))
    assert most_misses(suite(pass_mark=mark), asked) == misses


@pytest.mark.parametrize(
    ("rules", "length_check", "fails"),
    [({}, True, False), ({}, False, False), ({"equals": "x"}, False, True)],
)
def test_a_case_without_rules_cannot_fail(
    rules: dict[str, Any], length_check: bool, fails: bool
) -> None:
    assert can_fail(suite(length_check=length_check), case(**rules)) is fails
