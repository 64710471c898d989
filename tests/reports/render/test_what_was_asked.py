"""Every report says what a server refused, how outputs ended, and why a judge has no score."""

from typing import Any

import msgspec
import pytest

from stack_tui.reports.measures.sample_result import judge_answer, why
from stack_tui.reports.measures.setting_differences import differing_settings
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from tests.reports.forms import html_report, markdown_report
from tests.reports.views import OTHER_SPEC, view


def sample(**fields: Any) -> Sample:
    """A sample of the case c0, or of the one that is named."""
    return Sample(**{"at": 1.0, "task": "custom", "id": "c0", **fields})


def judge(**fields: Any) -> JudgeScore:
    """An answer of the judge."""
    return JudgeScore(judge="judge", model="big", **fields)


ASKED_WITHOUT = view(
    [
        sample(
            dropped=("temperature",), verdicts=(judge(score=4.0, dropped=("response_format",)),)
        ),
        sample(id="c1", place=1),
    ]
)


def test_every_form_names_what_was_not_sent() -> None:
    for report in (
        text_report(ASKED_WITHOUT, None),
        markdown_report(ASKED_WITHOUT),
        html_report(ASKED_WITHOUT),
    ):
        assert "temperature: its server refuses it (1 of 2 samples)" in report
        assert "response" in report
    found = report_document(ASKED_WITHOUT)
    assert list(found["run"]["not_sent"]) == [
        {"who": "model", "field": "temperature", "samples": 1},
        {"who": "judge judge", "field": "response_format", "samples": 1},
    ]
    assert list(found["results"][0]["dropped"]) == ["temperature"]


def test_a_run_that_was_asked_in_full_says_nothing_of_it() -> None:
    full = view([sample()])
    assert "not sent" not in text_report(full, None)
    assert "not_sent" not in report_document(full)["run"]


def test_a_comparison_names_what_was_not_sent_as_a_difference() -> None:
    full = view([sample(), sample(id="c1")], OTHER_SPEC)
    found = {each.name: (each.a, each.b) for each in differing_settings(ASKED_WITHOUT, full)}
    assert found["fields that the model refused"] == ("temperature", "–")
    assert found["fields that the judge judge refused"] == ("response_format", "–")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "filtered", "finish_reason": "content_filter"}, "filtered (content_filter)"),
        ({"status": "tool_calls", "tool_calls": ("look({})",)}, "tool calls only"),
        ({"status": "reasoning_only", "reasoning": "2 + 2"}, "reasoning only"),
        ({"status": "truncated", "truncated_while_thinking": True}, "truncated while thinking"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_sample_without_an_output_is_called_what_it_is(fields: Any, words: str) -> None:
    run = view([sample(passed=False, rule_score=1.0, **fields)])
    assert words in why(run.samples[0])
    for report in (text_report(run, None), markdown_report(run), html_report(run)):
        assert words in report
        assert "empty" not in report


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (judge(answer="2: Sty", finish_reason="length"), "the judge was cut off: raise judge_max"),
        (judge(finish_reason="length"), "the judge was cut off while thinking: raise judge_max"),
        (judge(finish_reason="SAFETY"), "the judge's answer was filtered (SAFETY)"),
        (
            judge(criteria=(CriterionScore(name="facts", answer="2", finish_reason="length"),)),
            "the judge was cut off: raise judge_max",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_judge_without_a_score_has_its_reason(verdict: JudgeScore, words: str) -> None:
    unscored = sample(status="unscored", rule_score=1.0, verdicts=(verdict,))
    assert words in judge_answer(verdict)
    assert words in why(unscored)
    assert words in markdown_report(view([unscored]))


def test_the_head_of_a_report_counts_judges_that_were_cut_off() -> None:
    cut_off = sample(status="unscored", rule_score=1.0, verdicts=(judge(finish_reason="length"),))
    whole = msgspec.structs.replace(cut_off, id="c1", verdicts=(judge(answer="?"),))
    assert "1 cut off: raise judge_max_tokens" in text_report(view([cut_off, whole]), None)
