"""One question to one judge: asked, read, and asked once more where nothing was read."""

from collections.abc import Callable

from msgspec.structs import replace

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import JudgeScore
from stack_tui.suites.judging.judge_prompt import AGAIN, AT_ONCE, first_messages, second_messages
from stack_tui.suites.model_client import ModelClient, Question


async def ask_with_retry(
    judge: ModelClient,
    prompt: str,
    question: Callable[[list[dict[str, str]]], Question],
    read: Callable[[str], float | None],
    *,
    first: str = "",
    again: str = AGAIN,
    at_once: str = AT_ONCE,
) -> JudgeScore:
    """Return the judge's verdict, whose score is what `read` finds in its answer.

    `question` makes of messages what is asked, `again` and `at_once` are the words of the second
    time. A failed request stands in the verdict, only Stopped is raised. `latency_s` is that of
    all its answers together, `answer` and `reasoning` are the last one's.
    """
    model = judge.endpoint.model or ""
    verdict = JudgeScore(judge=judge.endpoint.name, model=model, attempts=0, first=first)
    messages = first_messages(prompt)
    while verdict.score is None and verdict.attempts < 2:
        try:
            asked = await judge.ask(question(messages))
        except Stopped:
            raise
        except EndpointError as error:
            return replace(verdict, attempts=verdict.attempts + 1, failure=error.failure())
        verdict = replace(
            verdict,
            score=read(asked.completion.output),
            answer=asked.completion.output,
            reasoning=asked.completion.reasoning,
            attempts=verdict.attempts + 1,
            latency_s=verdict.latency_s + asked.latency_s,
        )
        messages = second_messages(prompt, verdict.answer, again, at_once)
    return verdict
