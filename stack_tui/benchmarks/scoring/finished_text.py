"""A recorded output as lm-eval scores it: without thinking, and cut at the stops applied here."""

from collections.abc import Iterable

from stack_tui.benchmarks.score_records import RecordedText
from stack_tui.endpoints.chat import Completion
from stack_tui.endpoints.endings import ending_of
from stack_tui.endpoints.thinking import Thought, split_thinking


def finish(text: RecordedText, think_end_token: str | None) -> Completion:
    """Return the output that is scored, with what became of it.

    With a `think_end_token` the text is split as by lm-eval, with "" not at all, and with None at
    the marks that it contains. A text that is cut at a stop is complete: the model's request would
    have ended there.
    """
    thought = _split(text, think_end_token)
    output = cut(thought.output, text.stops)
    stopped = output != thought.output and not thought.unfinished
    return Completion(
        output=output,
        reasoning=text.reasoning or thought.reasoning,
        finish_reason="stop" if stopped else text.finish_reason,
        prompt_tokens=text.prompt_tokens,
        completion_tokens=text.completion_tokens,
        content=text.text,
        tool_calls=tuple(text.tool_calls),
        unfinished=thought.unfinished,
    )


def cut(text: str, stops: Iterable[str]) -> str:
    """Return the text up to the stops, applied one after the other as lm-eval does."""
    for stop in stops:
        if stop:
            text = text.split(stop, 1)[0]
    return text


def _split(text: RecordedText, think_end_token: str | None) -> Thought:
    if think_end_token is None:
        return split_thinking(text.text)
    if not think_end_token:
        return Thought("", text.text)
    thinking, mark, output = text.text.rpartition(think_end_token)
    # lm-eval scores a text without the token as a whole, even one that was cut off before it.
    cut_off = not mark and not text.reasoning and ending_of(text.finish_reason) == "truncated"
    return Thought(thinking, output.lstrip(), unfinished=cut_off)
