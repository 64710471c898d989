"""What came back for a document's requests, in the form in which a journal keeps it."""

from typing import Any

import msgspec

from stack_tui.benchmarks.harness.protocol import AnswerValue
from stack_tui.runs.events import Answer


class RecordedLogprobs(msgspec.Struct, frozen=True, omit_defaults=True):
    """The log-probabilities of a document's continuations, in nats, and which were greedy.

    `route` is the one that this document went by, where it is not its task's. The completion's
    tokens are those that a server makes since it must, and that nobody reads.
    """

    logprobs: list[float]
    greedy: list[bool]
    route: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def values(self) -> list[list[AnswerValue]]:
        """Return them as lm-eval holds them: for each request one value."""
        return [[(lp, is_greedy)] for lp, is_greedy in zip(self.logprobs, self.greedy, strict=True)]


class RecordedText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output, as sent; `finish_reason` is the server's word for why it ended."""

    text: str
    finish_reason: str = ""
    reasoning: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def read_scores(answer: Answer, count: int) -> RecordedLogprobs | None:
    """Return the recorded log-probabilities, None where they are not those of `count` requests."""
    try:
        scores = msgspec.convert(answer.response, RecordedLogprobs)
    except msgspec.ValidationError:
        return None
    return scores if len(scores.logprobs) == len(scores.greedy) == count else None


def read_text(answer: Answer) -> RecordedText | None:
    """Return the recorded output, None where it is empty: such an answer is asked for again."""
    try:
        text = msgspec.convert(answer.response, RecordedText)
    except msgspec.ValidationError:
        return None
    return text if text.text.strip() else None


def plain(response: RecordedLogprobs | RecordedText) -> Any:
    """Return the response as a journal's line holds it."""
    return msgspec.to_builtins(response)
