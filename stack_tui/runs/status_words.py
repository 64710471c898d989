"""A sample's status in the words of reports and screens."""

from collections.abc import Mapping
from typing import Final

from stack_tui.runs.events import Sample, Status

STATUS_WORDS: Final[Mapping[Status, str]] = {
    "ok": "ok",
    "empty": "empty",
    "tool_calls": "tool calls only",
    "reasoning_only": "reasoning only",
    "truncated": "truncated",
    "filtered": "filtered",
    "error": "error",
    "unscored": "unscored",
}
# In all of these the model gave no output to grade, or only part of one.
UNANSWERED: Final[Mapping[Status, str]] = {
    "filtered": "stopped by the server's content filter; failed",
    "tool_calls": "tools called, no output written; failed",
    "reasoning_only": "thought, but no output written; failed",
    "empty": "failed",
}


def status_words(sample: Sample) -> str:
    """Return the status, with where or why the output ended if that says more."""
    words = STATUS_WORDS[sample.status]
    if sample.truncated_while_thinking:
        return f"{words} while thinking"
    return f"{words} ({sample.finish_reason})" if sample.status == "filtered" else words
