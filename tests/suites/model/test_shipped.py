"""The suites that come with the project: whole, and fair to a right answer."""

from pathlib import Path

import pytest

from stack_tui.suites.grading.rules import grade
from stack_tui.suites.model import suite_store

FOLDER = Path(__file__).parents[3] / "cases"
RIGHT = {
    "solar-system": "Formed 4.6 billion years ago, the Solar System has the Sun, with 99.86 % of "
    "its mass, and eight planets: rocky ones inside, giants of gas and ice outside.",
    "kv-cache": "A KV cache keeps and reuses the keys and values of earlier tokens, so each new "
    "token costs O(n) and not O(n²).",
}


@pytest.mark.parametrize("path", suite_store.discover(FOLDER), ids=lambda path: path.stem)
def test_a_shipped_suite_is_read(path: Path) -> None:
    assert suite_store.load(path).name == path.stem


def test_the_guides_two_cases_are_there_and_right_summaries_score_one() -> None:
    suite = suite_store.load(FOLDER / "custom.toml")
    assert {case.id: grade(case, suite, RIGHT[case.id]).issues for case in suite.cases} == {
        "solar-system": (),
        "kv-cache": (),
    }


def test_a_case_of_the_tldr_suite_is_not_met_by_saying_nothing() -> None:
    suite = suite_store.load(FOLDER / "tldr.toml")
    assert len(suite.cases) >= 32
    assert all(case.rubric for case in suite.cases)
    assert all(grade(case, suite, "It is about something.").score < 0.8 for case in suite.cases)
