"""What a fake server can be told to answer, good and bad."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as the server got it; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def text(self) -> str:
        """The last message's content of a chat request, or the prompt of another one."""
        messages = self.body.get("messages")
        return str(messages[-1]["content"] if messages else self.body.get("prompt", ""))


@dataclass(frozen=True)
class Respond:
    """An answer: a `body` of bytes or str is sent as it is, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()

    @property
    def content_type(self) -> str:
        """JSON where the body is written as JSON, plain text otherwise."""
        is_text = self.body is None or isinstance(self.body, str | bytes)
        return "text/plain; charset=utf-8" if is_text else "application/json"


@dataclass(frozen=True)
class Reset:
    """The connection is reset before any answer."""


@dataclass(frozen=True)
class Stall:
    """Nothing is ever sent."""


@dataclass(frozen=True)
class Cut:
    """The answer begins, and the connection is closed in the middle of it."""


# A str is a model's output, None leaves the answer to the fake model.
Reply = str | Respond | Reset | Stall | Cut | None


def completion(
    content: str | None,
    finish_reason: str = "stop",
    *,
    reasoning: str | None = None,
    reasoning_key: str = "reasoning",
) -> Respond:
    """Return a chat completion with that content, null included, and that reasoning."""
    message = {"role": "assistant", "content": content, reasoning_key: reasoning}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return Respond(body={"object": "chat.completion", "choices": [choice], "usage": usage})


def null_content() -> Respond:
    """Return a completion that was cut off while the model was thinking."""
    return completion(None, "length", reasoning="Let me think about")


def empty_choices() -> Respond:
    """Return a completion without choices."""
    return Respond(body={"object": "chat.completion", "choices": []})


def garbage() -> Respond:
    """Return half of a JSON document, as a proxy that gave up would send it."""
    return Respond(body=b'{"choices": [{"message": {"con', headers={"x-half": "yes"})


def error_in_200(message: str = "the engine is dead", code: int | None = None) -> Respond:
    """Return an error that comes with status 200."""
    return Respond(body={"error": {"message": message, "code": code}})


def rate_limited(retry_after: str | None = "0") -> Respond:
    """Return a 429 with its Retry-After, in seconds or as an HTTP-date."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    error = {"message": "Rate limit reached", "type": "rate_limit_exceeded"}
    return Respond(429, {"error": error}, headers)


def server_error(status: int = 500, message: str = "Internal Server Error") -> Respond:
    """Return a failure of the server's own."""
    return Respond(status, {"error": {"message": message, "type": "InternalServerError"}})


def failing(share: float, seed: int = 0) -> Callable[[Asked], Reply]:
    """Return replies that fail in that share of requests, in every way that ends soon."""
    chance = random.Random(seed)
    ways: list[Reply] = [
        rate_limited(), server_error(), server_error(503), Reset(), Cut(), garbage()
    ]  # fmt: skip

    def reply(asked: Asked) -> Reply:
        return chance.choice(ways) if chance.random() < share else None

    return reply
