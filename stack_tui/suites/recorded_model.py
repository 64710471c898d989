"""A model's answers from an earlier run's journal, for re-grading without a request."""

from collections.abc import Iterable, Sequence

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.chat import Completion
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Sample, SampleKey
from stack_tui.suites.attempts import Attempt
from stack_tui.suites.model.case import Suite
from stack_tui.suites.model_client import ModelAnswer, Question
from stack_tui.suites.sample_outcome import prefix_id, prompt_of

NO_OUTPUT = "have no recorded output"
CHANGED = "are put to the model in other words now"


class RecordedModel:
    """Stands in for the model's endpoint with an earlier run's samples, its errors included.

    Samples are looked up by case, repeat and temperature, because the suite may have been renamed.
    """

    def __init__(self, endpoint: Endpoint, samples: Iterable[Sample]) -> None:
        self.endpoint = endpoint
        self._samples = {sample.key[1:]: sample for sample in samples}

    async def ask(self, question: Question) -> ModelAnswer:
        """Return the recorded completion; raises EndpointError if an error was recorded."""
        sample = self._samples[question.sample, question.repeat, question.setting]
        if failure := sample.failure:
            raise EndpointError(failure.kind, failure.message, remedy=failure.remedy)
        completion = Completion(
            output=sample.output,
            reasoning=sample.reasoning,
            finish_reason=sample.finish_reason,
            prompt_tokens=sample.prompt_tokens,
            completion_tokens=sample.completion_tokens,
            content=sample.output,
            tool_calls=sample.tool_calls,
            unfinished=sample.truncated_while_thinking,
        )
        return ModelAnswer(completion, sample.latency_s, sample.dropped)

    def unanswered(self, suite: Suite, attempts: Sequence[Attempt]) -> dict[SampleKey, str]:
        """Return the samples of the suite that cannot be re-graded, each with the reason."""
        found: dict[SampleKey, str] = {}
        for case in suite.cases:
            for attempt in attempts:
                key = attempt.key(suite, case)
                sample = self._samples.get(key[1:])
                if sample is None:
                    found[key] = NO_OUTPUT
                elif (sample.prefix, sample.prompt) != (prefix_id(suite), prompt_of(suite, case)):
                    found[key] = CHANGED
        return found
