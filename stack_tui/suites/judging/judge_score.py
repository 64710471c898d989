"""One judge's verdict on one output: a score, or one for each criterion and what they make."""

import math
from collections.abc import Sequence

from stack_tui.runner.request_engine import gather_all
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from stack_tui.suites.judging.judge_panel import weighted
from stack_tui.suites.judging.judge_prompt import judge_body, judge_prompt
from stack_tui.suites.judging.judge_retry import ask_with_retry
from stack_tui.suites.judging.score_parser import parse_score
from stack_tui.suites.model.case import Case, Criterion, Suite, criteria_of
from stack_tui.suites.model_client import ModelClient, Question


async def ask_judge(judge: ModelClient, suite: Suite, case: Case, sample: Sample) -> JudgeScore:
    """Return what the judge says of the sample's output.

    A failed request stands in the verdict, only Stopped is raised. Each criterion is a question of
    its own, asked beside the others.
    """
    criteria = criteria_of(suite, case)
    if not criteria:
        return await _ask(judge, suite, sample, judge_prompt(suite, case, sample.output))
    found = await gather_all(
        _ask(judge, suite, sample, judge_prompt(suite, case, sample.output, criterion))
        for criterion in criteria
    )
    return _together(criteria, found)


async def _ask(judge: ModelClient, suite: Suite, sample: Sample, prompt: str) -> JudgeScore:
    def question(messages: list[dict[str, str]]) -> Question:
        body = judge_body(suite, judge.endpoint.model, messages)
        role = f"judge:{judge.endpoint.name}"
        return Question(
            suite.name, sample.id, sample.repeat, role, body, setting=sample.temperature
        )

    return await ask_with_retry(judge, prompt, question, parse_score)


def _together(criteria: Sequence[Criterion], found: Sequence[JudgeScore]) -> JudgeScore:
    """Return one verdict; its score is None where a criterion has none, for the rest is not all."""
    scores = [verdict.score for verdict in found]
    known = [score for score in scores if score is not None]
    weights = [criterion.weight for criterion in criteria]
    score = None
    if len(known) == len(scores):
        score = weighted(weights, known)
    return JudgeScore(
        judge=found[0].judge,
        model=found[0].model,
        score=score,
        attempts=sum(verdict.attempts for verdict in found),
        latency_s=math.fsum(verdict.latency_s for verdict in found),
        failure=next((verdict.failure for verdict in found if verdict.failure), None),
        criteria=tuple(
            CriterionScore(
                name=criterion.name,
                weight=criterion.weight,
                score=verdict.score,
                answer=verdict.answer,
                reasoning=verdict.reasoning,
                attempts=verdict.attempts,
                latency_s=verdict.latency_s,
                failure=verdict.failure,
            )
            for criterion, verdict in zip(criteria, found, strict=True)
        ),
    )
