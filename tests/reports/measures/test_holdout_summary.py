"""Cases held out: scored apart, their texts in no report, every look told."""

import json
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures import gates
from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.summary import summarize
from stack_tui.reports.render.csv_table import csv_table
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.junit import junit_report
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import Failure, JudgeScore, Sample
from stack_tui.runs.holdout import HIDDEN, HoldoutAccess, redact
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.view import RunView
from tests.reports.duel_views import duel, match
from tests.reports.forms import comparison_text, html_report, markdown_report
from tests.reports.views import OTHER_SPEC, outcomes, view

SECRET = "the-secret-text"
ACCESS = HoldoutAccess(at=1_764_036_000.0, who="ada", what="run-1")
FORMS = {
    "text": lambda shown: text_report(shown, None),
    "json": lambda shown: json.dumps(report_document(shown)),
    "markdown": markdown_report,
    "html": html_report,
    "junit": junit_report,
    "csv": csv_table,
}
FORMS_WITH_TEXTS = ("text", "json", "html", "junit", "csv")  # Markdown lists open cases alone


def held(name: str, passed: bool, **fields: object) -> Sample:
    verdict = JudgeScore(
        judge="judge",
        model="big",
        score=4.0,
        answer=SECRET,
        reasoning=SECRET,
        failure=Failure(kind="bad_answer", message=SECRET),
    )
    sample = Sample(
        at=1.0,
        task="custom",
        id=name,
        passed=passed,
        holdout=True,
        prompt=SECRET,
        output=SECRET,
        reasoning=SECRET,
        flags=(SECRET,),
        rule_score=0.5,
        rule_issues=(
            issue_of_text(f"missing required: ['{SECRET}']"),
            issue_of_text(SECRET),
        ),
        verdicts=(verdict,),
        judge_score=4.0,
        target=SECRET,
        extracted={SECRET: SECRET},
    )
    return msgspec.structs.replace(sample, **fields)


def mixed(looks: tuple[HoldoutAccess, ...] = ()) -> RunView:
    made = view([*outcomes([True, True, False]), held("h0", False), held("h1", False)])
    made.accesses = looks
    return made


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_report_holds_a_held_out_text(form: str) -> None:
    revealed = mixed().including_holdout(ACCESS)
    assert (SECRET in FORMS[form](revealed)) == (form in FORMS_WITH_TEXTS)
    assert SECRET not in FORMS[form](mixed())


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "csv"])
def test_no_form_of_a_duels_report_holds_a_held_out_text(form: str) -> None:
    secret = msgspec.structs.replace(
        match("b"), holdout=True, prompt=SECRET, outputs={"a": SECRET, "b": SECRET}
    )
    assert SECRET not in FORMS[form](duel([secret, match("a", 1)]))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_open_and_held_out_figures_stand_side_by_side(form: str) -> None:
    told = FORMS[form](mixed())
    assert "open 66.7% (" in told
    assert "holdout 0.0% (" in told


def test_what_did_not_pass_is_listed_of_the_open_cases_as_counted() -> None:
    told = markdown_report(mixed())
    assert "#### Samples: 1 failed, 2 passed" in told
    assert "`h0`" not in told


def test_build_servers_see_what_is_held_out_as_a_suite_of_its_own() -> None:
    suites = ET.fromstring(junit_report(mixed()))
    counted = [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites]
    assert counted == [("custom", "3", "1"), ("custom, holdout", "2", "2")]


def test_the_summary_is_of_the_open_cases_and_the_holdout_has_its_own() -> None:
    document = report_document(mixed())
    assert (document["summary"]["passed"], document["summary"]["failed"]) == (2, 1)
    assert document["holdout"]["summary"]["failed"] == 2
    assert len(document["results"]) == 5


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
def test_every_sample_is_scored_in_one_of_both_and_sealing_changes_no_figure(
    samples: list[tuple[bool, bool]],
) -> None:
    made = view([held(f"c{n}", ok, holdout=out) for n, (ok, out) in enumerate(samples)])
    assert len(made.open_samples) + len(made.held_out_samples) == len(samples)
    revealed = made.including_holdout(ACCESS)
    assert summarize(revealed.held_out_samples) == summarize(made.held_out_samples)


def test_looks_are_told_with_the_last_ones_name_and_time() -> None:
    looks = (
        HoldoutAccess(at=1_764_036_000.0, who="ada", what="run-1"),
        HoldoutAccess(at=1_764_039_600.0, who="grace", what="run-2"),
    )
    told = text_report(mixed(looks), None)
    assert "2 times, last by grace on 2025-11-25 03:00 UTC (run-2)" in told
    assert "never" in text_report(mixed(), None)


def test_a_revealed_view_follows_the_run_and_names_the_access() -> None:
    made = mixed()
    revealed = made.including_holdout(ACCESS)
    made.apply([held("h2", True), held("h0", True)])
    assert [sample.output for sample in revealed.held_out_samples] == [SECRET] * 3
    assert {sample.output for sample in made.held_out_samples} == {HIDDEN}
    assert revealed.accesses == (ACCESS,)
    assert made.accesses == ()


def test_an_open_sample_is_not_sealed() -> None:
    (sample, *_) = outcomes([True])
    assert redact(sample) is sample


@pytest.mark.parametrize(
    ("text", "state"),
    [("holdout.pass_rate >= 0.5", "failed"), ("pass_rate >= 0.5", "met")],
)
def test_gates_name_the_holdout_apart(text: str, state: str) -> None:
    (result,) = gates.evaluate_all([gates.parse(text)], mixed(), {})
    assert result.state == state


def test_a_gate_on_a_holdout_that_is_not_there_is_inconclusive() -> None:
    gate = gates.parse("holdout.rule_pass_rate >= .9")
    (result,) = gates.evaluate_all([gate], view(outcomes([True])), {})
    assert result.state == "inconclusive"


def test_a_comparison_decides_by_the_open_cases_and_tells_the_holdout_beside_it() -> None:
    a = view([*outcomes([False] * 10), *(held(f"h{n}", True) for n in range(10))])
    b = view([*outcomes([True] * 10), *(held(f"h{n}", False) for n in range(10))], OTHER_SPEC)
    found = compare(a, b)
    assert found.verdict == "better"
    assert (found.pairs, found.holdout_pairs, len(found.flips)) == (10, 10, 10)
    assert found.holdout[0].verdict == "worse"
    assert "in the holdout" in comparison_text(found)


def test_a_duels_win_rate_is_of_the_open_cases() -> None:
    shut = [msgspec.structs.replace(match("a", n), id=f"h{n}", holdout=True) for n in range(5)]
    made = duel([*(match("b", n) for n in range(10)), *shut])
    document = report_document(made)
    assert document["summary"]["pairs"][0]["win_rate"] == 1.0
    assert document["summary"]["holdout"][0]["win_rate"] == 0.0
    (result,) = gates.evaluate_all([gates.parse("win_rate >= 0.5 ± ci")], made, {})
    assert result.state == "met"
