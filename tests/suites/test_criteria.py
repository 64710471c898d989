"""Criteria: each asked by itself, each score kept, their weighted mean the verdict."""

from typing import Any

import pytest

from stack_tui.endpoints.retry import ONCE
from stack_tui.runs.events import Answer, Planned, Sample
from stack_tui.suites.judging.judge_prompt import DEFAULT_PROMPT, fenced, judge_prompt
from stack_tui.suites.model.case import Criterion, Suite
from tests.endpoints.asking import client
from tests.fakes import Asked, FakeServer, server_error
from tests.fakes.replies import Reply
from tests.suites.suites import case, suite
from tests.suites.test_suite_evaluation import only, run

FACTS = Criterion(name="facts", ask="Are the facts right?", weight=3)
STYLE = Criterion(name="style", ask="Is it short?")
STATED = [{"name": each.name, "ask": each.ask, "weight": each.weight} for each in (FACTS, STYLE)]
WEIGHTED = case(criteria=STATED)


def by_criterion(facts: Reply, style: Reply) -> Any:
    """A model that judges itself so, and says “The Sun.” where it is asked for an output."""

    def reply(asked: Asked) -> Reply:
        said = str(asked.body["messages"])
        if FACTS.ask in said:
            return facts
        return style if STYLE.ask in said else "The Sun."

    return reply


def judged(reply: Any, asked: Suite | None = None) -> Sample:
    with FakeServer(replies=reply) as server:
        model = client(server, policy=ONCE)
        return only(run(asked or suite(WEIGHTED), model, [model]))


def test_the_score_is_the_weighted_mean_and_each_criterions_is_kept() -> None:
    sample = judged(by_criterion("5", "1"))
    assert sample.judge_score == 4.0
    (verdict,) = sample.verdicts
    assert [(c.name, c.weight, c.score, c.answer) for c in verdict.criteria] == [
        ("facts", 3, 5.0, "5"),
        ("style", 1, 1.0, "1"),
    ]
    assert verdict.attempts == 2


def test_a_criterion_that_is_not_answered_readably_leaves_the_verdict_without_a_score() -> None:
    sample = judged(by_criterion("5", "It is nice"))
    assert (sample.judge_score, sample.status) == (None, "unscored")
    assert [each.score for each in sample.verdicts[0].criteria] == [5.0, None]
    assert sample.verdicts[0].criteria[1].attempts == 2


def test_a_criterion_whose_request_failed_is_a_failure_of_the_verdict() -> None:
    sample = judged(by_criterion("5", server_error()))
    (verdict,) = sample.verdicts
    assert verdict.failure == verdict.criteria[1].failure
    assert verdict.failure is not None
    assert verdict.criteria[0].score == 5.0


def test_the_suites_criteria_are_those_of_cases_that_state_none() -> None:
    asked = suite(case(), criteria=(FACTS, STYLE))
    assert judged(by_criterion("4", "4"), asked).judge_score == 4.0


def test_the_plan_counts_a_request_for_each_criterion() -> None:
    asked = suite(WEIGHTED, case(id="c1", rubric="R"), case(id="c2"))
    with FakeServer(replies=lambda _: "4") as server:
        model = client(server)
        planned, *events = run(asked, model, [model])
    assert isinstance(planned, Planned)
    answered = sum(isinstance(event, Answer) for event in events)
    assert planned.tasks[0].requests == answered == 3 + 2 + 1


def test_a_judge_sees_one_criterion_and_the_rubric_ahead_of_it() -> None:
    both = judge_prompt(suite(), case(rubric="Be fair."), "O", FACTS)
    assert "Be fair.\n\nOf all this, grade one thing alone:\nAre the facts right?" in both
    assert STYLE.ask not in both
    assert f"The rubric:\n{FACTS.ask}\n" in judge_prompt(suite(), case(), "O", FACTS)


def test_a_reference_is_shown_to_the_judge() -> None:
    prompt = judge_prompt(suite(), case(rubric="R", reference="The Sun is a star."), "O")
    assert "\nThe Sun is a star.\n\nThe output follows" in prompt
    own = suite(judge_prompt="{reference}|{output}")
    assert judge_prompt(own, case(reference="{output}"), "O") == f"{{output}}|{fenced('O')}"


def test_without_a_reference_the_prompt_says_nothing_of_one() -> None:
    plain = DEFAULT_PROMPT.replace("{reference}", "").replace("{rubric}", "R")
    assert judge_prompt(suite(), case(rubric="R"), "O") == plain.replace("{output}", fenced("O"))


@pytest.mark.parametrize(("scores", "whole"), [(("2", "5"), 3.5), (("5", "5"), 5.0)])
def test_the_suites_panel_combines_the_judges(scores: tuple[str, str], whole: float) -> None:
    asked = suite(case(rubric="R"), panel="mean")
    with (
        FakeServer(replies=["The Sun."]) as server,
        FakeServer(replies=[scores[0]]) as one,
        FakeServer(replies=[scores[1]]) as other,
    ):
        model, *judges = [client(each, policy=ONCE) for each in (server, one, other)]
        assert only(run(asked, model, judges)).judge_score == whole


def test_judges_that_come_to_no_majority_are_marked() -> None:
    asked = suite(case(rubric="R"), panel="majority")
    with FakeServer(replies=["The Sun.", "2"]) as server, FakeServer(replies=["5"]) as other:
        model, judge = client(server, policy=ONCE), client(other, policy=ONCE)
        sample = only(run(asked, model, [model, judge]))
    assert (sample.judge_score, sample.no_majority) == (3.5, True)
