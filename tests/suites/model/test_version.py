"""A suite's version: the same exactly where scores can be compared."""

from msgspec.structs import replace

from stack_tui.suites.model.case import Case, Criterion, Suite
from stack_tui.suites.model.version import case_digests, suite_version

A = Case(id="a", input="One.", must_mention=("one", ("1", "I")), rubric="Says one.")
B = Case(id="b", input="Two.", regex="two")
HEAVY = Criterion(name="n", ask="Is it?", weight=2)
SUITE = Suite(name="x", cases=(A, B), prompt="Say: {input}")


def test_what_is_asked_or_graded_makes_another_version() -> None:
    others = [
        replace(SUITE, prompt="{input}"),
        replace(SUITE, system="Be short."),
        replace(SUITE, top_p=0.7),
        replace(SUITE, max_tokens=10),
        replace(SUITE, judge_prompt="{output}?"),
        replace(SUITE, length_check=False),
        replace(SUITE, criteria=(Criterion(name="n", ask="Is it?"),)),
        replace(SUITE, cases=(replace(A, reference="One."), B)),
        replace(SUITE, cases=(replace(A, criteria=(Criterion(name="n", ask="Is it?"),)), B)),
        replace(SUITE, cases=(replace(A, criteria=(HEAVY,)), B)),
        replace(SUITE, cases=(A,)),
        replace(SUITE, cases=(A, replace(B, input="2."))),
        replace(SUITE, cases=(A, replace(B, rubric="Says two."))),
        replace(SUITE, cases=(A, replace(B, must_not_mention=("three",)))),
        replace(SUITE, cases=(replace(A, must_mention=("one", "1", "I")), B)),
        replace(SUITE, cases=(A, replace(B, id="c"))),
    ]
    versions = {suite_version(suite) for suite in [SUITE, *others]}
    assert len(versions) == 1 + len(others)


def test_names_labels_order_and_what_a_run_sets_make_no_other_version() -> None:
    same = [
        replace(SUITE, name="y", description="The same."),
        replace(SUITE, temperature=(0.0, 0.7)),
        replace(SUITE, repeats=3, judges=("local",), panel="mean", gates=("rule_avg >= 0.9",)),
        replace(SUITE, cases=(B, A)),
        replace(SUITE, cases=(replace(A, labels=("short",), cluster="x"), B)),
        replace(SUITE, cases=(replace(A, must_mention=(("I", "1"), "one")), B)),
        replace(SUITE, cases=(A, replace(B, regex=("two",)))),
    ]
    assert {suite_version(suite) for suite in same} == {suite_version(SUITE)}


def test_a_cases_digest_changes_with_the_case_alone() -> None:
    before = case_digests(SUITE)
    changed = replace(SUITE, prompt="{input}", cases=(A, replace(B, input="2.")))
    after = case_digests(changed)
    assert before["a"] == after["a"]
    assert before["b"] != after["b"]


def test_a_cases_digest_does_not_depend_on_its_name() -> None:
    digests = case_digests(Suite(name="x", cases=(A, replace(A, id="copy", labels=("x",)))))
    assert digests["a"] == digests["copy"]
