"""Ask one judge which of two outputs, in one order, is better."""

from typing import Final

from stack_tui.runs.duel_data import Match
from stack_tui.runs.events import JudgeScore
from stack_tui.suites.judging.duels.duel_prompt import (
    FORMAT_REMINDER,
    NO_THINKING,
    duel_body,
    duel_prompt,
)
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
    """Return the judge's preference with the output of the run `first` in the first place.

    The score is 0 for run a, 1 for run b and 0.5 for a tie. A failed request is recorded in the
    result; only Stopped is raised.
    """
    outputs = match.outputs if first == match.a else match.outputs[::-1]
    prompt = duel_prompt(match.case.input, match.case.rubric, outputs)
    duel_case = match.duel_case

    def question(messages: list[dict[str, str]]) -> Question:
        body = duel_body(judge.endpoint.model, messages, max_tokens)
        role = f"judge:{judge.endpoint.name}"
        return Question(
            match.task, duel_case.id, duel_case.repeat, role, body, duel_case.temperature
        )

    def read(answer: str) -> float | None:
        score = _SCORES[parse_preference(answer)]
        return 1 - score if score is not None and first == match.b else score

    return await ask_with_retry(
        judge,
        prompt,
        question,
        read,
        first=first,
        format_reminder=FORMAT_REMINDER,
        no_thinking=NO_THINKING,
    )
