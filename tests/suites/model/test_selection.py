"""Choosing the cases of a suite that a run asks."""

import pytest

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Case, Suite
from stack_tui.suites.model.selection import select_cases

SUITE = Suite(
    name="sky",
    cases=(
        Case(id="sun", input="?", labels=("star", "near")),
        Case(id="moon", input="?", labels=("near",)),
        Case(id="vega", input="?", labels=("star",)),
    ),
)


def test_without_a_choice_nothing_is_restricted() -> None:
    assert select_cases(SUITE) == ()


def test_cases_come_in_the_order_of_the_suite() -> None:
    assert select_cases(SUITE, ["vega", "sun"]) == ("sun", "vega")


def test_a_label_chooses_the_cases_that_have_it() -> None:
    assert select_cases(SUITE, labels=["star"]) == ("sun", "vega")


def test_a_case_must_meet_ids_and_labels() -> None:
    assert select_cases(SUITE, ["sun", "moon"], ["star"]) == ("sun",)


def test_a_limit_keeps_the_first_of_what_is_chosen() -> None:
    assert select_cases(SUITE, labels=["near"], limit=1) == ("sun",)


@pytest.mark.parametrize(
    ("ids", "labels", "words"),
    [
        (["mon"], [], ("no case 'mon'", "Did you mean 'moon'?")),
        ([], ["far"], ("no label 'far'", "Name a label of the suite.")),
        (["moon"], ["star"], ("chosen both by id and by label", "one of them")),
    ],
)
def test_a_choice_of_nothing_is_refused(
    ids: list[str], labels: list[str], words: tuple[str, str]
) -> None:
    with pytest.raises(StackError) as caught:
        select_cases(SUITE, ids, labels)
    assert words[0] in caught.value.what
    assert words[1] in (caught.value.remedy or "")
