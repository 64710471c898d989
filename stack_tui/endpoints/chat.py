"""Read completions as servers send them: chat or text, with or without reasoning."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stack_tui.endpoints.endings import Ending, ending_of
from stack_tui.endpoints.endpoint_errors import (
    EndpointError,
    error_code,
    error_message,
    from_status,
)
from stack_tui.endpoints.thinking import split_thinking
from stack_tui.text import one_line

AnswerStatus = Literal["ok", "empty", "tool_calls", "reasoning_only", "truncated", "filtered"]

_REASONING_KEYS = ("reasoning", "reasoning_content", "thinking")
_REASON_CHARS = 60


@dataclass(frozen=True)
class Completion:
    """A model's answer: `content` is the text as sent, `output` the text without thinking.

    `unfinished` tells that the text ends inside its thinking. `tool_calls` are written as
    name(arguments).
    """

    output: str
    reasoning: str
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None
    content: str
    tool_calls: tuple[str, ...] = ()
    unfinished: bool = False

    @property
    def ending(self) -> Ending:
        """What the server's reason for ending the output means."""
        return ending_of(self.finish_reason)

    @property
    def status(self) -> AnswerStatus:
        """How the request ended; a text that ends inside its thinking was cut off there."""
        if self.ending == "filtered":
            return "filtered"
        if self.ending == "truncated" or self.unfinished:
            return "truncated"
        if self.output.strip():
            return "ok"
        if self.tool_calls:
            return "tool_calls"
        return "reasoning_only" if self.reasoning.strip() else "empty"


def read_completion(data: Any) -> Completion:
    """Return the first choice of a chat or text completion; a null content is an empty output.

    Raises EndpointError if there is no such choice, or if it reports an error.
    """
    if error := completion_error(data):
        raise error
    choice = _first_choice(data)
    usage = data.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    reasoning, unfinished = "", False
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    if message or not isinstance(choice.get("text"), str):
        content = _text(message.get("content")) or _text(message.get("refusal"))
        thought = split_thinking(content)
        reasoning = "\n".join(filter(None, (_reasoning(message), thought.reasoning)))
        output, unfinished = thought.output, thought.unfinished
    else:
        content = output = choice["text"]
    return Completion(
        output=output,
        reasoning=reasoning,
        finish_reason=_reason(choice),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        content=content,
        tool_calls=_tool_calls(message),
        unfinished=unfinished,
    )


def completion_error(data: Any) -> EndpointError | None:
    """Return the error in a completion that was sent with status 200, None if there is none.

    No choices, a choice without a message, an error inside the choice, and an output that the
    server gave up are errors; each may be gone in the next attempt.
    """
    try:
        choice = _first_choice(data)
    except EndpointError as error:
        return error
    ending = ending_of(_reason(choice))
    if error_data := choice.get("error"):
        if status := error_code(error_data):
            return from_status(status, {"error": error_data}, {})
        message = error_message({"error": error_data})
        return _given_up(f"an error inside the answer: {message}")
    if ending == "error":
        return _given_up(f"the server ended the output with {_reason(choice)!r}")
    empty = not isinstance(choice.get("message"), Mapping) and not isinstance(
        choice.get("text"), str
    )
    if empty and ending != "filtered":
        return _bad("the first choice has no message and no text")
    return None


def _given_up(what: str) -> EndpointError:
    return EndpointError(
        "server_error", what, remedy="See the server's log.", status=200, retryable=True
    )


def _bad(what: str) -> EndpointError:
    return EndpointError("bad_answer", what, status=200, retryable=True)


def _first_choice(data: Any) -> Mapping[str, Any]:
    """Return the choice of index 0, else the first one listed."""
    choices = data.get("choices") if isinstance(data, Mapping) else None
    if not isinstance(choices, list):
        raise _bad("the answer has no choices")
    listed = [choice for choice in choices if isinstance(choice, Mapping)]
    if not listed or listed[0] is not choices[0]:
        raise _bad("the answer's list of choices is empty")
    return next((choice for choice in listed if choice.get("index") == 0), listed[0])


def _reason(choice: Mapping[str, Any]) -> str:
    reason = choice.get("finish_reason")
    if isinstance(reason, Mapping):  # SGLang's own form, which some gateways hand on
        reason = reason.get("type")
    return one_line(reason, _REASON_CHARS) if isinstance(reason, str) else ""


def _reasoning(message: Mapping[str, Any]) -> str:
    parts = message.get("content")
    listed = parts if isinstance(parts, list) else []
    thoughts = [_text(_thought(part)) for part in listed if _is_thought(part)]
    for key in _REASONING_KEYS:
        if found := _text(message.get(key)):
            thoughts.append(found)
            break
    return "\n".join(filter(None, thoughts))


def _is_thought(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") in ("thinking", "reasoning")


def _thought(part: Mapping[str, Any]) -> Any:
    return next((part[key] for key in (*_REASONING_KEYS, "text") if part.get(key)), "")


def _tool_calls(message: Mapping[str, Any]) -> tuple[str, ...]:
    calls = message.get("tool_calls")
    functions = [
        call.get("function") or call
        for call in (calls if isinstance(calls, list) else ())
        if isinstance(call, Mapping)
    ]
    functions.append(message.get("function_call"))
    return tuple(
        f"{_text(function.get('name'))}({_text(function.get('arguments'))})"
        for function in functions
        if isinstance(function, Mapping)
    )


def _text(value: Any) -> str:
    """Return the text of a content: parts are joined without thoughts, other JSON is written."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [part for part in value if isinstance(part, Mapping) and not _is_thought(part)]
        texts = [part.get("text") for part in parts]
        return "".join(text for text in texts if isinstance(text, str))
    return "" if value is None or isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
