"""One judge's verdict on one output: asked, read, and asked once more where nothing was read."""

import asyncio
import math
from collections.abc import Sequence

from msgspec.structs import replace

from stack_tui.endpoints.errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import CriterionScore, Sample, Verdict
from stack_tui.suites.asking import Asker, Question
from stack_tui.suites.case import Case, Criterion, Suite, criteria_of
from stack_tui.suites.judge import first_messages, judge_body, judge_prompt, second_messages
from stack_tui.suites.panel import weighted
from stack_tui.suites.score import parse_score


async def ask_verdict(judge: Asker, suite: Suite, case: Case, sample: Sample) -> Verdict:
    """Return what the judge says of the sample's output.

    A failed request stands in the verdict, only Stopped is raised. Each criterion is a question of
    its own, asked beside the others. `latency_s` is that of all its answers together, `answer` and
    `reasoning` are the last one's.
    """
    criteria = criteria_of(suite, case)
    if not criteria:
        return await _ask(judge, suite, sample, judge_prompt(suite, case, sample.output))
    answers = await asyncio.gather(
        *(
            _ask(judge, suite, sample, judge_prompt(suite, case, sample.output, criterion))
            for criterion in criteria
        ),
        return_exceptions=True,
    )
    found: list[Verdict] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        found.append(answer)
    return _together(criteria, found)


async def _ask(judge: Asker, suite: Suite, sample: Sample, prompt: str) -> Verdict:
    verdict = Verdict(judge=judge.endpoint.name, model=judge.endpoint.model or "", attempts=0)
    messages = first_messages(prompt)
    while verdict.score is None and verdict.attempts < 2:
        body = judge_body(suite, judge.endpoint.model, messages)
        role = f"judge:{judge.endpoint.name}"
        question = Question(
            suite.name, sample.id, sample.repeat, role, body, setting=sample.temperature
        )
        try:
            asked = await judge.ask(question)
        except Stopped:
            raise
        except EndpointError as error:
            return replace(verdict, attempts=verdict.attempts + 1, failure=error.failure())
        verdict = replace(
            verdict,
            score=parse_score(asked.completion.output),
            answer=asked.completion.output,
            reasoning=asked.completion.reasoning,
            attempts=verdict.attempts + 1,
            latency_s=verdict.latency_s + asked.latency_s,
        )
        messages = second_messages(prompt, verdict.answer)
    return verdict


def _together(criteria: Sequence[Criterion], found: Sequence[Verdict]) -> Verdict:
    """Return one verdict; its score is None where a criterion has none, for the rest is not all."""
    scores = [verdict.score for verdict in found]
    known = [score for score in scores if score is not None]
    weights = [criterion.weight for criterion in criteria]
    score = None
    if len(known) == len(scores):
        score = weighted(weights, known)
    return Verdict(
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
