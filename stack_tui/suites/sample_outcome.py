"""A case's outcome: the model's output, its status, rule score and judge scores."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from stack_tui.errors import Failure
from stack_tui.runner.request_engine import gather_all
from stack_tui.runs.events import JUDGE_PASS, Sample, Status
from stack_tui.runs.spec import digest
from stack_tui.suites.attempts import Attempt
from stack_tui.suites.grading import rules
from stack_tui.suites.grading.pass_mark import can_fail, pass_mark_of
from stack_tui.suites.judging import judge_prompt
from stack_tui.suites.judging.judge_score import ask_judge, combine_scores
from stack_tui.suites.model.case import Case, Suite, criteria_of
from stack_tui.suites.model_client import Answers, ModelAnswer, ModelClient, Question

# Rules take about a millisecond for that many characters.
_LONG_OUTPUT = 20_000


def prefix_id(suite: Suite) -> str | None:
    """Return the id by which samples refer to the system prompt, None if it is empty."""
    return digest(suite.system)[:8] if suite.system else None


def is_judged(suite: Suite, case: Case, judges: Sequence[object]) -> bool:
    """Return whether the case is judged: there are judges, and it has a rubric or criteria."""
    return bool(judges and (case.rubric.strip() or criteria_of(suite, case)))


def prompt_of(suite: Suite, case: Case) -> str:
    """Return the user message for the case."""
    return suite.prompt.replace("{input}", case.input)


def model_body(suite: Suite, case: Case, model: str | None, attempt: Attempt) -> dict[str, Any]:
    """Return the request body for the case."""
    system = [{"role": "system", "content": suite.system}] if suite.system else []
    body: dict[str, Any] = {
        "model": model,
        "messages": [*system, {"role": "user", "content": prompt_of(suite, case)}],
        "temperature": attempt.temperature,
        "max_tokens": suite.max_tokens,
    }
    if suite.top_p is not None:
        body["top_p"] = suite.top_p
    if attempt.seed is not None:
        body["seed"] = attempt.seed
    return body | suite.extra_body


async def run_attempt(
    suite: Suite, place: int, attempt: Attempt, model: Answers, judges: Sequence[ModelClient]
) -> Sample:
    """Return the outcome of the case at `place`; raises EndpointError if the model gave none.

    A judge's failed request is part of the outcome.
    """
    case = suite.cases[place]
    body = model_body(suite, case, model.endpoint.model, attempt)
    question = Question(suite.name, case.id, attempt.repeat, "model", body, attempt.setting)
    sample = _answered(_begun(suite, place, attempt), await model.ask(question))
    sample = await _graded(sample, suite, case)
    unread = sample.truncated_while_thinking or sample.status == "filtered"
    if is_judged(suite, case, judges) and not unread:
        sample = await _judged(sample, suite, case, judges)
    return replace(sample, at=time.time())


def failed_attempt(suite: Suite, place: int, attempt: Attempt, failure: Failure) -> Sample:
    """Return the outcome of a case that could not be answered or graded."""
    return replace(_begun(suite, place, attempt), status="error", failure=failure)


def _begun(suite: Suite, place: int, attempt: Attempt) -> Sample:
    """Return what is known of the sample before the model is asked."""
    case = suite.cases[place]
    return Sample(
        at=time.time(),
        task=suite.name,
        id=case.id,
        place=place,
        repeat=attempt.repeat,
        temperature=attempt.setting,
        prefix=prefix_id(suite),
        prompt=prompt_of(suite, case),
        labels=case.labels,
        cluster=case.cluster,
        holdout=case.holdout,
    )


def _answered(sample: Sample, answer: ModelAnswer) -> Sample:
    completion = answer.completion
    output = completion.output.strip()
    status = completion.status
    return replace(
        sample,
        output=output,
        reasoning=completion.reasoning,
        finish_reason=completion.finish_reason,
        status=status,
        truncated_while_thinking=status == "truncated" and not output,
        latency_s=answer.latency_s,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        tool_calls=completion.tool_calls,
        dropped=answer.dropped,
    )


async def _graded(sample: Sample, suite: Suite, case: Case) -> Sample:
    """Return the sample with its rule score; without an output, or a filtered one, it fails.

    Patterns, schemas and long outputs are checked in a thread, so that other samples go on.
    """
    schemas = (case.json_schema, case.contains_json)
    long = len(sample.output) > _LONG_OUTPUT
    if long or case.regex or case.not_regex or schemas != (None, None):
        grade = await asyncio.to_thread(rules.grade, case, suite, sample.output)
    else:
        grade = rules.grade(case, suite, sample.output)
    mark = pass_mark_of(suite, case)
    answered = bool(sample.output) and sample.status != "filtered"
    met = answered and grade.score >= mark
    return replace(
        sample,
        rule_score=grade.score,
        pass_mark=mark,
        rule_issues=grade.issues,
        passed=met if not answered or can_fail(suite, case) else None,
    )


async def _judged(
    sample: Sample, suite: Suite, case: Case, judges: Sequence[ModelClient]
) -> Sample:
    """Return the graded sample with its judge scores and the panel's.

    One that its rules failed has failed whatever the judges say, readable or not.
    """
    verdicts = await gather_all(ask_judge(judge, suite, case, sample) for judge in judges)
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    score, no_majority = combine_scores(scores, suite.panel or "median")
    accepted = None if score is None else score >= JUDGE_PASS
    status: Status = "unscored" if score is None and sample.status == "ok" else sample.status
    return replace(
        sample,
        status=status,
        flags=judge_prompt.flags(sample.output),
        verdicts=tuple(verdicts),
        judge_score=score,
        no_majority=no_majority,
        passed=False if sample.passed is False else accepted,
    )
