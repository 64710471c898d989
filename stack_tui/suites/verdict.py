"""One judge's verdict on one output: asked, read, and asked once more where nothing was read."""

from msgspec.structs import replace

from stack_tui.endpoints.errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.runs.events import Sample, Verdict
from stack_tui.suites.asking import Asker, Question
from stack_tui.suites.case import Case, Suite
from stack_tui.suites.judge import first_messages, judge_body, judge_prompt, second_messages
from stack_tui.suites.score import parse_score


async def ask_verdict(judge: Asker, suite: Suite, case: Case, sample: Sample) -> Verdict:
    """Return what the judge says of the sample's output.

    A failed request stands in the verdict, only Stopped is raised. `latency_s` is that of all its
    answers together, `answer` and `reasoning` are the last one's.
    """
    verdict = Verdict(judge=judge.endpoint.name, model=judge.endpoint.model or "", attempts=0)
    prompt = judge_prompt(suite, case, sample.output)
    messages = first_messages(prompt)
    while verdict.score is None and verdict.attempts < 2:
        body = judge_body(suite, judge.endpoint.model, messages)
        role = f"judge:{judge.endpoint.name}"
        question = Question(
            suite.name, case.id, sample.repeat, role, body, setting=sample.temperature
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
