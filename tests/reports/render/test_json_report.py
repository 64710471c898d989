"""report.json: the guide's keys first, and the rest beside them."""

import json
import random
from typing import Any

import msgspec

from stack_tui.errors import Failure
from stack_tui.reports.render.json_report import report_document
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.view import RunView
from tests.reports.views import view

SAMPLES = [
    Sample(
        at=float(place),
        task="custom",
        id=name,
        place=place,
        output="The Sun.",
        rule_score=0.8,
        rule_issues=(issue_of_text("summary longer than input"),),
        judge_score=4.0,
        verdicts=(JudgeScore(judge="judge", model="big", score=4.0, answer="4"),),
        passed=True,
    )
    for place, name in enumerate(["solar-system", "kv-cache", "a-third"])
]


def written(found: RunView) -> dict[str, Any]:
    """The report as its file holds it."""
    document: dict[str, Any] = json.loads(msgspec.json.encode(report_document(found)))
    return document


def test_the_guides_keys_come_first() -> None:
    document = written(view(SAMPLES))
    assert next(iter(document)) == "summary"
    assert list(document["summary"])[:5] == [
        "n_cases",
        "rule_avg",
        "rule_pass_rate",
        "judge_avg",
        "judge_pass_rate",
    ]
    result = document["results"][0]
    assert list(result)[:5] == ["id", "output", "rule_score", "rule_issues", "judge_score"]
    assert result["rule_issues"] == ["summary longer than input"]


def test_it_says_what_so_few_cases_cannot_show() -> None:
    power = written(view(SAMPLES))["power"]
    assert power == {
        "smallest_difference": 1.0,
        "saying": "with 3 cases, no difference is visible",
    }


def test_results_stand_in_the_suites_order_in_whatever_order_they_came() -> None:
    shuffled = random.Random(1).sample(SAMPLES, 3)
    results = written(view(shuffled))["results"]
    assert [result["id"] for result in results] == ["solar-system", "kv-cache", "a-third"]


def test_every_judges_verdict_is_in_it() -> None:
    result = written(view(SAMPLES))["results"][0]
    assert result["verdicts"] == [{"judge": "judge", "model": "big", "score": 4.0, "answer": "4"}]


def test_an_error_is_in_it_with_its_kind() -> None:
    failure = Failure(kind="timeout", message="no answer")
    error = Sample(at=1.0, task="custom", id="x", status="error", failure=failure)
    (result,) = written(view([error]))["results"]
    assert (result["status"], result["rule_score"]) == ("error", None)
    assert result["failure"] == {"kind": "timeout", "message": "no answer"}


def test_it_says_which_run_it_is_and_how_far_it_got() -> None:
    run = written(view(SAMPLES, planned=5))["run"]
    assert run["endpoint"] == {
        "name": "local",
        "url": "http://127.0.0.1:8000/v1",
        "model": "tiny",
    }
    assert (run["planned"], run["done"], run["outcome"]) == (5, 3, None)
