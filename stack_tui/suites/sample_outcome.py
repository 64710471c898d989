"""One case's outcome: the model's answer, its status, its rule score and its judges' verdicts."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import JUDGE_PASS, RULE_PASS, JudgeScore, Sample, Status
from stack_tui.runs.spec import digest
from stack_tui.suites.attempts import Attempt
from stack_tui.suites.grading import rules
from stack_tui.suites.judging import judge_panel, judge_prompt
from stack_tui.suites.judging.judge_score import ask_judge
from stack_tui.suites.model.case import Case, Suite, criteria_of
from stack_tui.suites.model_client import Answers, Asked, ModelClient, Question


def prefix_id(suite: Suite) -> str | None:
    """Return the name by which samples refer to the system prompt, None where there is none."""
    return digest(suite.system)[:8] if suite.system else None


def is_judged(suite: Suite, case: Case, judges: Sequence[object]) -> bool:
    """Say whether the case goes to judges: there are some, and it says what they look for."""
    return bool(judges and (case.rubric.strip() or criteria_of(suite, case)))


def prompt_of(suite: Suite, case: Case) -> str:
    """Return the user's turn that puts the case to the model."""
    return suite.prompt.replace("{input}", case.input)


def model_body(suite: Suite, case: Case, model: str | None, take: Attempt) -> dict[str, Any]:
    """Return the request that puts the case to the model."""
    system = [{"role": "system", "content": suite.system}] if suite.system else []
    body: dict[str, Any] = {
        "model": model,
        "messages": [*system, {"role": "user", "content": prompt_of(suite, case)}],
        "temperature": take.temperature,
        "max_tokens": suite.max_tokens,
    }
    if suite.top_p is not None:
        body["top_p"] = suite.top_p
    if take.seed is not None:
        body["seed"] = take.seed
    return body | suite.extra_body


async def run_attempt(
    suite: Suite, place: int, take: Attempt, model: Answers, judges: Sequence[ModelClient]
) -> Sample:
    """Return the outcome of the case at `place`; raises Stopped where a request was not sent."""
    case = suite.cases[place]
    body = model_body(suite, case, model.endpoint.model, take)
    sample = Sample(
        at=time.time(),
        task=suite.name,
        id=case.id,
        place=place,
        repeat=take.repeat,
        temperature=take.setting,
        prefix=prefix_id(suite),
        prompt=body["messages"][-1]["content"],
        labels=case.labels,
        cluster=case.cluster,
        holdout=case.holdout,
    )
    question = Question(suite.name, case.id, take.repeat, "model", body, take.setting)
    try:
        asked = await model.ask(question)
    except Stopped:
        raise
    except EndpointError as error:
        return replace(sample, at=time.time(), status="error", failure=error.failure())
    sample = _answered(sample, asked)
    if sample.output or sample.status != "truncated":
        sample = await _graded(sample, suite, case)
        if is_judged(suite, case, judges):
            sample = await _judged(sample, suite, case, judges)
    return replace(sample, at=time.time())


def _answered(sample: Sample, asked: Asked) -> Sample:
    completion = asked.completion
    output = completion.output.strip()
    status = _status(completion.finish_reason, output)
    return replace(
        sample,
        output=output,
        reasoning=completion.reasoning,
        finish_reason=completion.finish_reason,
        status=status,
        truncated_while_thinking=status == "truncated" and not output,
        latency_s=asked.latency_s,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
    )


def _status(finish_reason: str, output: str) -> Status:
    if finish_reason == "length":
        return "truncated"
    return "ok" if output else "empty"


async def _graded(sample: Sample, suite: Suite, case: Case) -> Sample:
    """Return the sample with its rule score; patterns are searched for beside the event loop."""
    if case.regex or case.not_regex or case.json_schema is not None:
        grade = await asyncio.to_thread(rules.grade, case, suite, sample.output)
    else:
        grade = rules.grade(case, suite, sample.output)
    passed = sample.status != "empty" and grade.score >= RULE_PASS
    return replace(sample, rule_score=grade.score, rule_issues=grade.issues, passed=passed)


async def _judged(
    sample: Sample, suite: Suite, case: Case, judges: Sequence[ModelClient]
) -> Sample:
    """Return the graded sample with its verdicts, and what the panel makes of them."""
    answers = await asyncio.gather(
        *(ask_judge(judge, suite, case, sample) for judge in judges),
        return_exceptions=True,
    )
    verdicts: list[JudgeScore] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        verdicts.append(answer)
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    score, no_majority = judge_panel.combined(scores, suite.panel or "median")
    status: Status = "unscored" if score is None and sample.status == "ok" else sample.status
    return replace(
        sample,
        status=status,
        flags=judge_prompt.flags(sample.output),
        verdicts=tuple(verdicts),
        judge_score=score,
        no_majority=no_majority,
        passed=None if score is None else bool(sample.passed) and score >= JUDGE_PASS,
    )
