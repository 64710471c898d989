"""Ask judges about one output, once more if the answer is unreadable, and combine their scores."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from stack_tui.config.decode import PanelMethod
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runner.request_engine import gather_all
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from stack_tui.suites.judging.judge_prompt import judge_prompt
from stack_tui.suites.judging.score_parser import parse_score
from stack_tui.suites.model.case import Case, Criterion, Suite, criteria_of
from stack_tui.suites.model_client import ModelClient, Question

RETRY = "That states no score. Answer with one integer from 1 to 5 and nothing else."
RETRY_AT_ONCE = "Answer at once, without thinking: one integer from 1 to 5 and nothing else."
_SCORE_FORMAT = {
    "type": "json_schema",
    "json_schema": {
        "name": "score",
        "schema": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}
_DIGITS = 9
_QUOTED_CHARS = 2000


def weighted(weights: Sequence[float], scores: Sequence[float]) -> float:
    """Return the weighted mean, rounded: 0.1 and 0.2 as weights must not make a 4 a 3.999…"""
    total = math.fsum(w * s for w, s in zip(weights, scores, strict=True))
    return round(total / math.fsum(weights), _DIGITS)


def combined(scores: Sequence[float], panel: PanelMethod) -> tuple[float | None, bool]:
    """Return the panel's score, None without any, and whether a wanted majority is missing.

    A majority is the whole point, halves rounded up, that more judges gave than any other; without
    one the median is used instead.
    """
    if not scores:
        return None, False
    if panel == "mean":
        return round(statistics.fmean(scores), _DIGITS), False
    if panel == "majority":
        first, *others = Counter(math.floor(score + 0.5) for score in scores).most_common(2)
        if not others or first[1] > others[0][1]:
            return float(first[0]), False
    return round(statistics.median(scores), _DIGITS), panel == "majority"


@dataclass(frozen=True, kw_only=True)
class JudgeQuestion:
    """A question to a judge about one sample; `retry` and `retry_at_once` repeat it.

    The latter is sent if the judge's first answer was empty, most likely cut off while thinking.
    """

    task: str
    sample: str
    repeat: int
    setting: float | None
    prompt: str
    response_format: Mapping[str, Any]
    max_tokens: int
    retry: str = RETRY
    retry_at_once: str = RETRY_AT_ONCE

    def put_to(self, judge: ModelClient, unreadable: str | None) -> Question:
        """Return the request; after an unreadable answer, that asks a second time."""
        messages = [{"role": "user", "content": self.prompt}]
        if unreadable is not None and not unreadable.strip():
            messages[0]["content"] += f"\n\n{self.retry_at_once}"
        elif unreadable is not None:
            messages += [
                {"role": "assistant", "content": unreadable[:_QUOTED_CHARS]},
                {"role": "user", "content": self.retry},
            ]
        body = {
            "model": judge.endpoint.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": self.max_tokens,
            "response_format": self.response_format,
        }
        role = f"judge:{judge.endpoint.name}"
        return Question(self.task, self.sample, self.repeat, role, body, self.setting)


async def ask_with_retry(
    judge: ModelClient, question: JudgeQuestion, read: Callable[[str], float | None]
) -> JudgeScore:
    """Return the judge's answer, whose score is what `read` finds in it, asking twice at most.

    A failed request is recorded in the judge score; only Stopped is raised. `latency_s` is that of
    all answers together; `answer` and `reasoning` are the last one's.
    """
    found = JudgeScore(judge=judge.endpoint.name, model=judge.endpoint.model or "", attempts=0)
    while found.score is None and found.attempts < 2:
        unreadable = found.answer if found.attempts else None
        try:
            asked = await judge.ask(question.put_to(judge, unreadable))
        except Stopped:
            raise
        except EndpointError as error:
            return replace(found, attempts=found.attempts + 1, failure=error.failure())
        found = replace(
            found,
            score=read(asked.completion.output),
            answer=asked.completion.output,
            reasoning=asked.completion.reasoning,
            attempts=found.attempts + 1,
            latency_s=found.latency_s + asked.latency_s,
        )
    return found


async def ask_judge(judge: ModelClient, suite: Suite, case: Case, sample: Sample) -> JudgeScore:
    """Return the judge's score of the sample's output; each criterion is a question of its own.

    A failed request is recorded in the judge score; only Stopped is raised.
    """

    async def ask(criterion: Criterion | None) -> JudgeScore:
        question = JudgeQuestion(
            task=suite.name,
            sample=sample.id,
            repeat=sample.repeat,
            setting=sample.temperature,
            prompt=judge_prompt(suite, case, sample.output, criterion),
            response_format=_SCORE_FORMAT,
            max_tokens=suite.judge_max_tokens,
        )
        return await ask_with_retry(judge, question, parse_score)

    criteria = criteria_of(suite, case)
    if not criteria:
        return await ask(None)
    return _by_criteria(criteria, await gather_all(map(ask, criteria)))


def _by_criteria(criteria: Sequence[Criterion], found: Sequence[JudgeScore]) -> JudgeScore:
    """Return the scores in one, the weighted mean if every criterion has a score."""
    known = [each.score for each in found if each.score is not None]
    weights = [criterion.weight for criterion in criteria]
    return JudgeScore(
        judge=found[0].judge,
        model=found[0].model,
        score=weighted(weights, known) if len(known) == len(found) else None,
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
