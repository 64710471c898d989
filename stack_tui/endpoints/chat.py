"""Read completions as servers send them: chat or text, with or without reasoning."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError

_SCHEMA_WORDS = re.compile(
    r"response_format|json_schema|structured.output|guided|grammar|\bschema\b", re.IGNORECASE
)
_REFUSALS = frozenset({400, 422, 501})
_UNSUPPORTED = re.compile(
    r"not support|unsupported|not permitted|not allowed|deprecated|only the default"
)


@dataclass(frozen=True)
class Completion:
    """A model's answer: `content` is the text as sent, `output` the text without thinking."""

    output: str
    reasoning: str
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None
    content: str


def read_completion(data: Any) -> Completion:
    """Return the first choice of a chat or text completion; a null content is an empty output.

    Raises EndpointError of kind bad_answer if there is no such choice.
    """
    choice = _first_choice(data)
    usage = data.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    message = choice.get("message")
    if isinstance(message, Mapping):
        content = _text(message.get("content")) or _text(message.get("refusal"))
        reasoning = _reasoning(message)
        thought, output = split_thinking(content)
        reasoning = "\n".join(filter(None, (reasoning, thought)))
    elif isinstance(choice.get("text"), str):
        content = output = choice["text"]
        reasoning = ""
    else:
        raise EndpointError("bad_answer", "the first choice has no message and no text")
    return Completion(
        output=output,
        reasoning=reasoning,
        finish_reason=_text(choice.get("finish_reason")),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        content=content,
    )


async def ask_chat(client: Client, body: Mapping[str, Any]) -> Reply:
    """Post a chat completion, without the fields that the model refuses; raises EndpointError.

    A request refused for its token limit, temperature, top_p or seed is sent again without it.
    """
    return (await post_chat(client, body, set(), with_format=True))[0]


async def post_chat(
    client: Client, body: Mapping[str, Any], refused: set[str], *, with_format: bool = False
) -> tuple[Reply, Mapping[str, Any]]:
    """Return the reply and the body as sent, without the fields in `refused`, and add new ones.

    With `with_format` a refused response_format raises EndpointError, as any other refusal does.
    """
    while True:
        sent = without(body, refused)
        try:
            return await client.post("chat/completions", sent), sent
        except EndpointError as error:
            field = refused_field(error, sent)
            if field is None or (with_format and field == "response_format"):
                raise
            refused.add(field)


def refused_field(error: EndpointError, sent: Mapping[str, Any]) -> str | None:
    """Return the field to leave out of the request, None if no field explains the refusal.

    Newer OpenAI models refuse `max_tokens` for `max_completion_tokens`, and any temperature but
    their own. A response_format is suspected if the message names no other field.
    """
    if error.status not in _REFUSALS:
        return None
    message = error.what.lower()
    for field in ("max_tokens", "temperature", "top_p", "seed"):
        if field in sent and field in message and _UNSUPPORTED.search(message):
            return field
    return "response_format" if "response_format" in sent else None


def without(body: Mapping[str, Any], fields: Collection[str]) -> Mapping[str, Any]:
    """Return the body without these fields; the token limit is sent under its newer name."""
    kept = {name: value for name, value in body.items() if name not in fields}
    if "max_tokens" in fields and "max_tokens" in body:
        kept["max_completion_tokens"] = body["max_tokens"]
    return kept


def split_thinking(content: str) -> tuple[str, str]:
    """Return (reasoning, output) of a text that may start with its thinking up to `</think>`.

    If the chat template ends the prompt in `<think>`, the text has only the closing tag. A text cut
    off while thinking has only the opening tag, and no output.
    """
    head, closing, rest = content.partition("</think>")
    opened = head.lstrip().startswith("<think>")
    if not opened and (not closing or "<think>" in head):
        return "", content
    thought = head.lstrip().removeprefix("<think>") if opened else head
    return thought.strip(), rest.lstrip()


def is_schema_refusal(error: EndpointError) -> bool:
    """Return whether the server refused the request for its `response_format`."""
    refused = error.kind == "bad_request" or error.status == 501
    return refused and _SCHEMA_WORDS.search(error.what) is not None


def _first_choice(data: Any) -> Mapping[str, Any]:
    choices = data.get("choices") if isinstance(data, Mapping) else None
    if not isinstance(choices, list):
        raise EndpointError("bad_answer", "the answer has no choices")
    if not choices or not isinstance(choices[0], Mapping):
        raise EndpointError("bad_answer", "the answer's list of choices is empty")
    return choices[0]


def _reasoning(message: Mapping[str, Any]) -> str:
    for key in ("reasoning", "reasoning_content", "thinking"):
        if found := _text(message.get(key)):
            return found
    return ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    texts = [part.get("text") for part in value if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
