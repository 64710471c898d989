"""One judge's score of one output: a single score, or the weighted mean over the criteria."""

import math
from collections.abc import Sequence

from stack_tui.runner.request_engine import gather_all
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from stack_tui.suites.judging.judge_panel import weighted_mean
from stack_tui.suites.judging.judge_prompt import judge_body, judge_prompt
from stack_tui.suites.judging.judge_retry import ask_with_retry
from stack_tui.suites.judging.score_parser import parse_score
from stack_tui.suites.model.case import Case, Criterion, Suite, criteria_of
from stack_tui.suites.model_client import ModelClient, Question


async def ask_judge(judge: ModelClient, suite: Suite, case: Case, sample: Sample) -> JudgeScore:
    """Return the judge's score of the sample's output.

    A failed request is recorded in the score; only Stopped is raised. Each criterion is a separate
    request; they run concurrently.
    """
    criteria = criteria_of(suite, case)
    if not criteria:
        return await _ask(judge, suite, sample, judge_prompt(suite, case, sample.output))
    found = await gather_all(
        _ask(judge, suite, sample, judge_prompt(suite, case, sample.output, criterion))
        for criterion in criteria
    )
    return _combine_criteria(criteria, found)


async def _ask(judge: ModelClient, suite: Suite, sample: Sample, prompt: str) -> JudgeScore:
    def question(messages: list[dict[str, str]]) -> Question:
        body = judge_body(suite, judge.endpoint.model, messages)
        role = f"judge:{judge.endpoint.name}"
        return Question(
            suite.name, sample.id, sample.repeat, role, body, setting=sample.temperature
        )

    return await ask_with_retry(judge, prompt, question, parse_score)


def _combine_criteria(criteria: Sequence[Criterion], found: Sequence[JudgeScore]) -> JudgeScore:
    """Return one judge score; its value is None if that of any criterion is missing."""
    scores = [each.score for each in found]
    known = [score for score in scores if score is not None]
    weights = [criterion.weight for criterion in criteria]
    score = weighted_mean(weights, known) if len(known) == len(scores) else None
    return JudgeScore(
        judge=found[0].judge,
        model=found[0].model,
        score=score,
        attempts=sum(each.attempts for each in found),
        latency_s=math.fsum(each.latency_s for each in found),
        failure=next((each.failure for each in found if each.failure), None),
        criteria=tuple(
            CriterionScore(
                name=criterion.name,
                weight=criterion.weight,
                score=each.score,
                answer=each.answer,
                reasoning=each.reasoning,
                attempts=each.attempts,
                latency_s=each.latency_s,
                failure=each.failure,
            )
            for criterion, each in zip(criteria, found, strict=True)
        ),
    )
