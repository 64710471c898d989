"""Ask judges for the score of one output, per criterion if there are any, and combine scores."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from stack_tui.config.decode import PanelMethod
from stack_tui.endpoints.chat import Completion
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runner.request_engine import gather_all
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from stack_tui.suites.judging.judge_prompt import judge_prompt
from stack_tui.suites.judging.score_parser import parse_score
from stack_tui.suites.model.case import Case, Criterion, Suite, criteria_of
from stack_tui.suites.model_client import ModelClient, Question

FORMAT_REMINDER = "That states no score. Answer with one integer from 1 to 5 and nothing else."
NO_THINKING = "Answer at once, without thinking: one integer from 1 to 5 and nothing else."
_SCORE_FORMAT = {
    "type": "json_schema",
    "json_schema": {
        "name": "score",
        "schema": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}
_QUOTED_CHARS = 2000
_FILLED_UP = re.compile(r"""\s*(?:[0-9](?:\.[0-9])?|"[a-z]+")\s+""")
_DIGITS = 9


def weighted_mean(weights: Sequence[float], scores: Sequence[float]) -> float:
    """Return the weighted mean, rounded so that weights of 0.1 and 0.2 keep a 4 from being 3.9…"""
    total = math.fsum(w * s for w, s in zip(weights, scores, strict=True))
    return round(total / math.fsum(weights), _DIGITS)


def combine_scores(scores: Sequence[float], panel: PanelMethod) -> tuple[float | None, bool]:
    """Return (the panel's score or None without scores, whether there is no majority).

    The majority is the integer score, halves rounded up, that more judges gave than any other. If
    there is none, the median replaces it.
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
    """A question to a judge about one sample, and the words that ask a second time.

    `format_reminder` follows an unreadable answer; `no_thinking` is added after an empty one.
    """

    task: str
    sample: str
    repeat: int
    setting: float | None
    prompt: str
    response_format: Mapping[str, Any]
    max_tokens: int
    format_reminder: str = FORMAT_REMINDER
    no_thinking: str = NO_THINKING

    def request(self, judge: ModelClient, unreadable: str | None) -> Question:
        """Return the request to the judge, the second one if it has an unreadable answer."""
        messages = [{"role": "user", "content": self.prompt}]
        if unreadable is not None and not unreadable.strip():
            messages[0]["content"] += f"\n\n{self.no_thinking}"
        elif unreadable is not None:
            messages += [
                {"role": "assistant", "content": unreadable[:_QUOTED_CHARS]},
                {"role": "user", "content": self.format_reminder},
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
    """Return the judge's score, which is what `read` finds in its first or second answer.

    A failed request is recorded in the score; only Stopped is raised. `latency_s` is the sum over
    all answers, `answer` and `reasoning` are those of the last.
    """
    result = JudgeScore(judge=judge.endpoint.name, model=judge.endpoint.model or "", attempts=0)
    while result.score is None and result.attempts < 2:
        unreadable = result.answer if result.attempts else None
        try:
            reply = await judge.ask(question.request(judge, unreadable))
        except Stopped:
            raise
        except EndpointError as error:
            return replace(result, attempts=result.attempts + 1, failure=error.failure())
        completion = reply.completion
        result = replace(
            result,
            score=read(completion.output) if _is_whole(completion) else None,
            answer=completion.output,
            reasoning=completion.reasoning,
            finish_reason="" if completion.ending == "complete" else completion.finish_reason,
            dropped=reply.dropped,
            attempts=result.attempts + 1,
            latency_s=result.latency_s + reply.latency_s,
        )
    return result


def _is_whole(completion: Completion) -> bool:
    """Return whether the answer states all that it was to state.

    One that was cut off may still have revised a score it gave. A lone value that only white space
    follows is whole: some constrained judges fill up the rest of their tokens so.
    """
    if completion.status == "truncated":
        return _FILLED_UP.fullmatch(completion.output) is not None
    return completion.status != "filtered"


async def ask_judge(judge: ModelClient, suite: Suite, case: Case, sample: Sample) -> JudgeScore:
    """Return the judge's score of the sample's output.

    A failed request is recorded in the score; only Stopped is raised. Each criterion is a separate
    request; they run concurrently.
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
    return _combine_criteria(criteria, await gather_all(map(ask, criteria)))


def _combine_criteria(criteria: Sequence[Criterion], found: Sequence[JudgeScore]) -> JudgeScore:
    """Return one judge score; its value is None if that of any criterion is missing."""
    known = [each.score for each in found if each.score is not None]
    weights = [criterion.weight for criterion in criteria]
    score = weighted_mean(weights, known) if len(known) == len(found) else None
    return JudgeScore(
        judge=found[0].judge,
        model=found[0].model,
        score=score,
        attempts=sum(each.attempts for each in found),
        latency_s=math.fsum(each.latency_s for each in found),
        failure=next((each.failure for each in found if each.failure), None),
        dropped=tuple(sorted({field for each in found for field in each.dropped})),
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
                finish_reason=each.finish_reason,
            )
            for criterion, each in zip(criteria, found, strict=True)
        ),
    )
