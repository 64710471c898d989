import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.render.junit import junit_report
from stack_tui.runs.events import Sample
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.view import RunView
from tests.reports.views import HOSTILE, TIMEOUT, hostile_view, outcomes, view


def _parsed(run: RunView, *gates: GateResult) -> ET.Element:
    return ET.fromstring(junit_report(run, gates).encode())


def _counts(element: ET.Element) -> tuple[int, ...]:
    return tuple(int(element.get(name, "")) for name in ("tests", "failures", "errors", "skipped"))


def test_each_outcome_is_the_one_that_build_servers_know() -> None:
    timeout = Sample(at=1.0, task="custom", id="late", status="error", failure=TIMEOUT)
    unread = Sample(at=1.0, task="custom", id="unread", status="unscored", rule_score=1.0)
    scored = Sample(at=1.0, task="custom", id="scored", judge_score=4.0)
    root = _parsed(view([*outcomes([True, False]), timeout, unread, scored]))
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert cases == {
        "c0": [],
        "c1": ["failure"],
        "late": ["error"],
        "unread": ["skipped"],
        "scored": ["skipped"],
    }


def test_a_failure_tells_why_and_holds_the_output() -> None:
    sample = Sample(
        at=1.0,
        task="t",
        id="c",
        passed=False,
        rule_issues=(issue_of_text("not equal to: 'x'"),),
        output="y",
    )
    failure = _parsed(view([sample])).find(".//failure")
    assert failure is not None
    assert failure.get("message") == "not equal to: 'x'"
    assert failure.text == "y"


def test_each_task_is_a_suite_and_repeats_have_names_of_their_own() -> None:
    samples = [
        Sample(at=1.0, task=task, id="c", repeat=repeat, passed=True, latency_s=0.5)
        for task in ("one", "two")
        for repeat in (0, 1)
    ]
    root = _parsed(view(samples))
    assert [suite.get("name") for suite in root] == ["one", "two"]
    assert [case.get("name") for case in root[0]] == ["c", "c #2"]
    assert root[0].get("time") == "1.000"
    assert _counts(root) == (4, 0, 0, 0)


def test_half_a_run_is_not_green() -> None:
    root = _parsed(view(outcomes([True]), planned=12))
    assert _counts(root) == (2, 0, 1, 0)
    error = root.find(".//error")
    assert error is not None
    assert error.get("message") == "11 of 12 samples have no outcome"


def test_gates_are_tests_too() -> None:
    gates = [
        GateResult(gate="errors == 0", state="met", saying="errors is 0"),
        GateResult(gate="pass_rate > .9", state="failed", saying="pass_rate is 0.5"),
        GateResult(gate="judge_avg > 4 ± ci", state="inconclusive", saying="cannot be told"),
    ]
    root = _parsed(view(outcomes([True])), *gates)
    assert _counts(root[1]) == (3, 1, 0, 1)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    run = hostile_view(hostile)
    root = _parsed(run)
    assert {element.tag for element in root.iter()} == {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "error",
        "skipped",
    }
    assert _counts(root) == (6, 2, 2, 1)


STATES = st.sampled_from(["ok", "error", "unscored", "truncated", "empty"])


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.text(max_size=20), STATES, st.none() | st.booleans()), max_size=12),
    st.integers(0, 3),
)
def test_the_document_is_valid_and_its_counts_add_up(
    states: list[tuple[str, str, bool | None]], lacking: int
) -> None:
    samples = [
        Sample(at=1.0, task=text, id=str(place), status=status, passed=passed, output=text)  # type: ignore[arg-type]
        for place, (text, status, passed) in enumerate(states)
    ]
    root = _parsed(view(samples, planned=len(samples) + lacking))
    assert _counts(root)[0] == len(samples) + bool(lacking)
    for total, parts in zip(_counts(root), zip(*map(_counts, root), strict=True), strict=False):
        assert total == sum(parts)
    for suite in root:
        children = [child.tag for case in suite for child in case]
        expected = (len(suite), *(children.count(tag) for tag in ("failure", "error", "skipped")))
        assert _counts(suite) == expected
