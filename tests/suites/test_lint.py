"""Looking over a suite: what can never pass, what is likely a mistake, what is worth a look."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.suites.diagnostics.lint import lint
from stack_tui.suites.grading import patterns
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Case, Criterion, Number, Suite

PASSAGE = (
    "Honey keeps for years in a closed jar. It is acid and holds little water, so that hardly any "
    "microbe can grow in it. Opened and left in damp air it draws water and may begin to ferment."
)


def found(**rules: Any) -> list[tuple[str, str]]:
    """Return field and level of what is found in a case with these rules, in a suite of its own."""
    case = Case(**{"id": "a", "input": PASSAGE, "rubric": "Says why."} | rules)
    return [(one.field, one.level) for one in lint(Suite(name="x", cases=(case,)))]


def messages(suite: Suite, **options: Any) -> list[str]:
    return [f"{one.case}.{one.field}: {one.message}" for one in lint(suite, **options)]


def test_a_sound_case_brings_up_nothing() -> None:
    assert not found(
        must_mention=("honey", ("acid", "little water")),
        must_not_mention=("sugar",),
        max_chars=200,
        regex="keeps|lasts",
    )


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"must_mention": ("damp air",), "must_not_mention": ("AIR",)}, "must_mention[0]"),
        ({"must_mention": (("jar", "jars"),), "must_not_mention": ("jar",)}, "must_mention[0]"),
        ({"must_mention": ("closed jar",), "max_chars": 9}, "max_chars"),
        ({"must_mention": ("in a closed jar",), "max_words": 3}, "max_words"),
        ({"equals": "Yes.", "must_mention": ("honey",)}, "equals"),
        ({"equals": "Yes, honey.", "max_chars": 5}, "equals"),
        ({"equals": "Yes.", "regex": "^No"}, "equals"),
        ({"equals": "yes", "one_of": ("no", "perhaps")}, "equals"),
        ({"one_of": ("yes", "no"), "must_not_mention": ("yes", "no")}, "one_of[0]"),
        ({"starts_with": "Honey is", "must_not_mention": ("honey",)}, "starts_with"),
        ({"starts_with": "Honey is", "max_chars": 5}, "starts_with"),
        ({"starts_with": "Honey", "json_schema": {"type": "object"}}, "starts_with"),
        ({"number": Number(value=42), "must_not_mention": ("42",)}, "number"),
        ({"regex": "jar", "not_regex": "jar"}, "regex"),
        ({"not_regex": "a*"}, "not_regex"),
    ],
)
def test_rules_that_no_answer_can_meet_are_errors(rules: dict[str, Any], field: str) -> None:
    assert (field, "error") in found(**rules)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"must_mention": (("jar", "pot"),), "must_not_mention": ("pot",)}, "must_mention[0]"),
        ({"must_mention": ("honey", "water"), "max_chars": 8}, "max_chars"),
        ({"one_of": ("yes", "no"), "must_not_mention": ("yes",)}, "one_of[0]"),
        ({"regex": "(jar)?"}, "regex"),
        ({"regex": r"^\s*$|jar"}, "regex"),
        ({"must_mention": ("Honey",), "not_regex": r"(?i)\bhoney\b"}, "not_regex"),
        ({"rubric": "", "input": PASSAGE[:60]}, "input"),
    ],
)
def test_what_is_most_likely_a_mistake_is_a_warning(rules: dict[str, Any], field: str) -> None:
    assert (field, "warning") in found(**rules)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"must_mention": ("sugar",)}, "must_mention[0]"),
        ({"must_mention": ("honey", ("1969", "1970"))}, "must_mention[1]"),
        ({"must_mention": ("jar", "closed jar")}, "must_mention[0]"),
        ({"must_not_mention": ("sugar", "brown sugar")}, "must_not_mention[0]"),
        ({"must_not_mention": ("sugar", "Sugar")}, "must_not_mention[1]"),
    ],
)
def test_what_is_worth_a_look_is_a_note(rules: dict[str, Any], field: str) -> None:
    assert found(**rules) == [(field, "note")]


def test_an_answer_is_not_held_against_the_input_where_the_suite_is_no_summary() -> None:
    case = Case(id="a", input="What keeps for years?", must_mention=("honey",), rubric="Honey.")
    assert not lint(Suite(name="x", cases=(case,), length_check=False))


def test_short_inputs_are_told_once_where_most_are_short() -> None:
    cases = tuple(Case(id=str(n), input=f"What is {n} × {n}?", rubric="?") for n in range(4))
    assert [one.split(":")[0] for one in messages(Suite(name="x", cases=cases))] == [
        ".length_check"
    ]


def test_a_pattern_without_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TIMEOUT_S", 0.01)
    assert ("not_regex", "warning") in found(must_mention=("a" * 50,), not_regex="(a|a)+[bc]")


def test_inputs_that_repeat_others_are_told_with_their_original() -> None:
    cases = (
        Case(id="a", input=PASSAGE, rubric="?"),
        Case(id="b", input=PASSAGE.upper(), rubric="?"),
        Case(id="c", input=PASSAGE.replace("years", "ages"), rubric="?"),
    )
    told = messages(Suite(name="x", cases=cases))
    assert [one.split(":")[0] for one in told] == ["b.input", "c.input"]
    assert "the same as that of 'a'" in told[0]
    assert "similar to that of 'a'" in told[1]


def test_a_case_without_a_rubric_among_others_is_told_where_judges_are_asked() -> None:
    cases = (Case(id="a", input=PASSAGE, rubric="Says why."), Case(id="b", input="x" * 200))
    suite = Suite(name="x", cases=cases)
    assert messages(suite)[-1] == "b.rubric: is empty, so no judge scores this case"
    assert not any(".rubric:" in message for message in messages(suite, judged=False))


def test_a_cluster_of_one_case_is_most_likely_misspelt() -> None:
    cases = tuple(
        Case(id=id, input=f"{PASSAGE} {id * 9}", rubric="?", cluster=cluster)
        for id, cluster in (("a", "invoice"), ("b", "invioce"), ("c", "invoice"), ("d", ""))
    )
    found = [one for one in lint(Suite(name="x", cases=cases)) if one.field == "cluster"]
    assert [(one.case, one.level) for one in found] == [("b", "note")]


def test_criteria_stand_in_for_a_rubric_and_are_looked_over_too() -> None:
    asks = ("Is it true?", "Is  it TRUE?")
    criteria = tuple(Criterion(name=f"n{n}", ask=ask) for n, ask in enumerate(asks))
    case = Case(id="a", input=PASSAGE, criteria=criteria)
    message = "a.criteria[1].ask: asks the same as 'n0': it only doubles the weight"
    assert messages(Suite(name="x", cases=(case,))) == [message]
    lone = Case(id="a", input=PASSAGE, criteria=(Criterion(name="n", ask="Is it?", weight=2),))
    found = messages(Suite(name="x", cases=(lone,)))
    assert found == ["a.criteria[0].weight: has no effect with a single criterion"]


def test_a_reference_that_no_judge_sees_is_told() -> None:
    own = Suite(
        name="x",
        cases=(
            Case(id="a", input=PASSAGE, rubric="Says why.", reference="It is acid."),
            Case(id="b", input="x y z " * 40, reference="It is dry.", must_mention=("x",)),
        ),
        judge_prompt="{rubric} {output}",
    )
    assert messages(own) == [
        ".judge_prompt: lacks {reference}, so judges do not see the references",
        "b.rubric: is empty, so no judge scores this case",
        "b.reference: is for judges only, and no judge scores this case",
    ]


def test_a_suite_without_rubrics_is_a_warning_only_where_it_names_judges() -> None:
    suite = Suite(name="x", cases=(Case(id="a", input=PASSAGE, must_mention=("honey",)),))
    assert [one.level for one in lint(suite)] == ["note"]
    named = Suite(name="x", cases=suite.cases, judges=("self",), judge_prompt="Rate {output}")
    assert [one.level for one in lint(named)] == ["warning", "warning"]


@pytest.mark.parametrize("name", ["custom", "tldr"])
def test_the_suites_that_are_shipped_bring_up_nothing(name: str) -> None:
    folder = Path(__file__).parents[2] / "cases"
    found = lint(suite_store.load(folder / f"{name}.toml"))
    assert [each.field for each in found] == ["pass_mark"]
