"""What a server refuses of a request, and the request without it.

docs/suites.md lists refusals with an example each; a test compares both.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from stack_tui.endpoints.endpoint_errors import EndpointError

SYSTEM_ROLE = "system role"
_LIMITS = ("max_tokens", "max_completion_tokens")
# The least important first: where two of them cannot be combined, the first is left out.
OPTIONAL = ("seed", "top_p", "stop", "temperature", "response_format", *_LIMITS)
_REFUSING = frozenset({400, 422, 501})
_SYSTEM = frozenset({"system", "developer"})
_SYSTEM_WORDS = re.compile(r"\b(?:system|developer|roles?)\b", re.IGNORECASE)
_SCHEMA_WORDS = re.compile(
    r"response_format|json_schema|structured.output|guided|grammar|\bschema\b", re.IGNORECASE
)


def suspects(error: EndpointError, sent: Mapping[str, Any]) -> list[str]:
    """Return what may explain the refusal of the request, to be tried without one by one.

    These are the optional fields that the error names by `param` or `loc`, else in its message,
    else response_format, which servers refuse in the least telling words, and with a 500 too.
    """
    if error.status == 500:
        return ["response_format"] if "response_format" in sent else []
    if error.status not in _REFUSING:
        return []
    named = [_field(path) for path in error.fields]
    found = [field for field in OPTIONAL if field in named]
    if SYSTEM_ROLE in named:
        found.append(SYSTEM_ROLE)
    if not found:
        found = list(_mentioned(error.what))
    possible = [
        field for field in found if _is_sent(field, sent) and not _quotes(error, field, sent)
    ]
    return possible or (["response_format"] if "response_format" in sent else [])


def adapt(body: Mapping[str, Any], refused: Collection[str]) -> Mapping[str, Any]:
    """Return the body without what is refused.

    The token limit is sent under its newer name, and a system message leads the user's turn.
    """
    if not refused:
        return body
    kept = {name: value for name, value in body.items() if name not in refused}
    if "max_tokens" in refused and "max_tokens" in body and "max_completion_tokens" not in refused:
        kept.setdefault("max_completion_tokens", body["max_tokens"])
    if SYSTEM_ROLE in refused and "messages" in body:
        kept["messages"] = _merged(body["messages"])
    return kept


def dropped(body: Mapping[str, Any], sent: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what of the body was not sent; a limit under its newer name was."""
    missing = [name for name in body if name not in sent]
    if "max_completion_tokens" in sent:
        missing = [name for name in missing if name != "max_tokens"]
    if _has_system(body) and not _has_system(sent):
        missing.append(SYSTEM_ROLE)
    return tuple(sorted(missing))


def is_schema_refusal(error: EndpointError) -> bool:
    """Return whether the server refused the request for its `response_format`."""
    refused = error.kind == "bad_request" or error.status in (500, 501)
    return refused and _SCHEMA_WORDS.search(error.what) is not None


def _field(path: str) -> str:
    """Return the field that a path such as "messages[0].role" leads to."""
    steps = [step for step in re.split(r"[.\[\]]+", path) if step]
    if steps[:1] == ["messages"] and steps[-1] in ("role", "messages"):
        return SYSTEM_ROLE
    return steps[0] if steps else ""


def _mentioned(message: str) -> Iterator[str]:
    for field in OPTIONAL:
        if re.search(rf"(?<![a-z_]){field}(?![a-z_])", message.lower()):
            yield field
    if _SYSTEM_WORDS.search(message):
        yield SYSTEM_ROLE


def _is_sent(field: str, sent: Mapping[str, Any]) -> bool:
    return _has_system(sent) if field == SYSTEM_ROLE else field in sent


def _quotes(error: EndpointError, field: str, sent: Mapping[str, Any]) -> bool:
    """Return whether the error is about the limit's number, which a new name would not change."""
    return field in _LIMITS and re.search(rf"(?<!\d){sent[field]}(?!\d)", error.what) is not None


def _has_system(body: Mapping[str, Any]) -> bool:
    messages = body.get("messages")
    listed = messages if isinstance(messages, list) else []
    return any(isinstance(each, Mapping) and each.get("role") in _SYSTEM for each in listed)


def _merged(messages: Any) -> Any:
    """Return the messages with the system's text at the head of the first user turn."""
    system = [each for each in messages if each.get("role") in _SYSTEM]
    rest = [dict(each) for each in messages if each.get("role") not in _SYSTEM]
    texts = [each["content"] for each in system if isinstance(each.get("content"), str)]
    text = "\n\n".join(texts)
    first = next((each for each in rest if each.get("role") == "user"), None)
    if first is None:
        return [{"role": "user", "content": text}, *rest]
    content = first.get("content")
    if isinstance(content, list):
        first["content"] = [{"type": "text", "text": text}, *content]
    else:
        first["content"] = f"{text}\n\n{content}"
    return rest
