"""A document's answers as a journal keeps them."""

from typing import Any

import msgspec

from stack_tui.runs.events import Answer


class RecordedLogprobs(msgspec.Struct, frozen=True, omit_defaults=True):
    """The log-probabilities of a document's continuations, in nats, and which were greedy.

    `route` is the document's route if it differs from its task's. `completion_tokens` counts the
    tokens that the server has to generate although nobody reads them. `unread_tokens` are those of
    the prompts that it did not read, by its own count.
    """

    logprobs: list[float]
    greedy: list[bool]
    route: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unread_tokens: int = 0


class RecordedText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output as sent; `finish_reason` is the server's.

    `stops` were not sent and are still to be applied; `dropped` is what the server refused.
    """

    text: str
    finish_reason: str = ""
    reasoning: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    stops: list[str] = []
    dropped: list[str] = []
    tool_calls: list[str] = []


def read_scores(answer: Answer, count: int) -> RecordedLogprobs | None:
    """Return the recorded log-probabilities, None unless they are those of `count` requests."""
    try:
        scores = msgspec.convert(answer.response, RecordedLogprobs)
    except msgspec.ValidationError:
        return None
    return scores if len(scores.logprobs) == len(scores.greedy) == count else None


def read_text(answer: Answer) -> RecordedText | None:
    """Return the recorded output, None if it is empty: resume asks for it again."""
    try:
        text = msgspec.convert(answer.response, RecordedText)
    except msgspec.ValidationError:
        return None
    return text if text.text.strip() else None


def plain(response: RecordedLogprobs | RecordedText) -> Any:
    """Return the response as plain data for the journal."""
    return msgspec.to_builtins(response)
