"""One judge's answer about two outputs in one order: asked, read, and once more if unread."""

from typing import Final

from msgspec.structs import replace

from stack_tui.endpoints.errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.contest import Match
from stack_tui.runs.events import Verdict
from stack_tui.suites.asking import Asker, Question
from stack_tui.suites.duels.choice import Choice, parse_choice
from stack_tui.suites.duels.question import AGAIN, AT_ONCE, duel_body, duel_prompt
from stack_tui.suites.judge import first_messages, second_messages

_SCORES: Final[dict[Choice | None, float | None]] = {
    "first": 0.0,
    "second": 1.0,
    "tie": 0.5,
    None: None,
}


async def ask_ruling(judge: Asker, match: Match, first: str, max_tokens: int) -> Verdict:
    """Return what the judge says where the run `first` stands first.

    A failed request stands in the verdict, only Stopped is raised.
    """
    verdict = Verdict(
        judge=judge.endpoint.name, model=judge.endpoint.model or "", attempts=0, first=first
    )
    outputs = match.outputs if first == match.a else match.outputs[::-1]
    prompt = duel_prompt(match.case.input, match.case.rubric, outputs)
    messages = first_messages(prompt)
    role = f"judge:{judge.endpoint.name}"
    bout = match.bout
    while verdict.score is None and verdict.attempts < 2:
        body = duel_body(judge.endpoint.model, messages, max_tokens)
        question = Question(match.task, bout.id, bout.repeat, role, body, bout.temperature)
        try:
            asked = await judge.ask(question)
        except Stopped:
            raise
        except EndpointError as error:
            return replace(verdict, attempts=verdict.attempts + 1, failure=error.failure())
        score = _SCORES[parse_choice(asked.completion.output)]
        verdict = replace(
            verdict,
            score=1 - score if score is not None and first == match.b else score,
            answer=asked.completion.output,
            reasoning=asked.completion.reasoning,
            attempts=verdict.attempts + 1,
            latency_s=verdict.latency_s + asked.latency_s,
        )
        messages = second_messages(prompt, verdict.answer, AGAIN, AT_ONCE)
    return verdict
