"""One judge's answer about two outputs in one order: asked, read, and once more if unread."""

from typing import Final

from stack_tui.runs.duel_data import Match
from stack_tui.runs.events import JudgeScore
from stack_tui.suites.judging.duels.duel_prompt import AGAIN, AT_ONCE, duel_body, duel_prompt
from stack_tui.suites.judging.duels.preference import Preference, parse_preference
from stack_tui.suites.judging.judge_retry import ask_with_retry
from stack_tui.suites.model_client import ModelClient, Question

_SCORES: Final[dict[Preference | None, float | None]] = {
    "first": 0.0,
    "second": 1.0,
    "tie": 0.5,
    None: None,
}


async def ask_preference(
    judge: ModelClient, match: Match, first: str, max_tokens: int
) -> JudgeScore:
    """Return what the judge says where the run `first` stands first.

    A failed request stands in the verdict, only Stopped is raised.
    """
    outputs = match.outputs if first == match.a else match.outputs[::-1]
    prompt = duel_prompt(match.case.input, match.case.rubric, outputs)
    bout = match.bout

    def question(messages: list[dict[str, str]]) -> Question:
        body = duel_body(judge.endpoint.model, messages, max_tokens)
        role = f"judge:{judge.endpoint.name}"
        return Question(match.task, bout.id, bout.repeat, role, body, bout.temperature)

    def read(answer: str) -> float | None:
        score = _SCORES[parse_preference(answer)]
        return 1 - score if score is not None and first == match.b else score

    return await ask_with_retry(
        judge, prompt, question, read, first=first, again=AGAIN, at_once=AT_ONCE
    )
