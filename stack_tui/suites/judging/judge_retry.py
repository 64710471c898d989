"""Ask a judge one question, and once more if its answer has no readable score."""

from collections.abc import Callable

from msgspec.structs import replace

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import JudgeScore
from stack_tui.suites.judging.judge_prompt import (
    FORMAT_REMINDER,
    NO_THINKING,
    first_messages,
    retry_messages,
)
from stack_tui.suites.model_client import ModelClient, Question


async def ask_with_retry(
    judge: ModelClient,
    prompt: str,
    question: Callable[[list[dict[str, str]]], Question],
    read: Callable[[str], float | None],
    *,
    first: str = "",
    format_reminder: str = FORMAT_REMINDER,
    no_thinking: str = NO_THINKING,
) -> JudgeScore:
    """Return the judge's score, which is what `read` finds in its answer.

    `question` makes a request of messages. The second request adds `format_reminder` if the first
    answer was unreadable, `no_thinking` if it was empty. A failed request is recorded in the score;
    only Stopped is raised. `latency_s` is the sum over all answers, `answer` and `reasoning` are
    those of the last.
    """
    model = judge.endpoint.model or ""
    result = JudgeScore(judge=judge.endpoint.name, model=model, attempts=0, first=first)
    messages = first_messages(prompt)
    while result.score is None and result.attempts < 2:
        try:
            reply = await judge.ask(question(messages))
        except Stopped:
            raise
        except EndpointError as error:
            return replace(result, attempts=result.attempts + 1, failure=error.failure())
        result = replace(
            result,
            score=read(reply.completion.output),
            answer=reply.completion.output,
            reasoning=reply.completion.reasoning,
            attempts=result.attempts + 1,
            latency_s=result.latency_s + reply.latency_s,
        )
        messages = retry_messages(prompt, result.answer, format_reminder, no_thinking)
    return result
