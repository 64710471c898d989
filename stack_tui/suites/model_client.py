"""Asking one endpoint: recorded answers first, and without what it was seen to refuse."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.chat import Completion, read_completion, refused_field, without
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runs.events import Answer, Event, Fault
from stack_tui.runs.spec import digest


@dataclass(frozen=True)
class Question:
    """One request about one sample: who is asked (`role`: "model" or "judge:NAME") and what.

    `setting` is the sample's temperature where the run has several.
    """

    task: str
    sample: str
    repeat: int
    role: str
    body: Mapping[str, Any]
    setting: float | None = None


@dataclass(frozen=True)
class Asked:
    """The answer to a question; `latency_s` is that of the request that brought it."""

    completion: Completion
    latency_s: float


def answer_key(endpoint: Endpoint, question: Question) -> str:
    """Return what identifies the question's answer in a run's journal.

    It holds what was to be asked, whatever an endpoint's refusals made of that. A judge's question
    may be the same at two temperatures: the setting tells them apart.
    """
    setting = () if question.setting is None else (question.setting,)
    return digest(
        endpoint.url,
        endpoint.model,
        question.body,
        question.role,
        question.sample,
        question.repeat,
        *setting,
    )


class Answers(Protocol):
    """Whatever gives a model's answers: asked for now, or recorded."""

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint that they are of."""

    async def ask(self, question: Question) -> Asked:
        """Return the completion; raises EndpointError."""


class ModelClient:
    """One endpoint's client, with the answers that it gave before and the fields it refuses."""

    def __init__(
        self, client: Client, recorded: Mapping[str, Answer], emit: Callable[[Event], None]
    ) -> None:
        self.client = client
        self.endpoint = client.endpoint
        self._recorded = recorded
        self._emit = emit
        self._refused: set[str] = set()

    async def ask(self, question: Question) -> Asked:
        """Return the completion, asking only where none is recorded; raises EndpointError."""
        key = answer_key(self.endpoint, question)
        if (answer := self._recorded.get(key)) and (completion := _usable(answer)):
            return Asked(completion, answer.latency_s)
        reply, sent = await self._post(question.body)
        self._emit(
            Answer(
                at=time.time(),
                key=key,
                task=question.task,
                sample=question.sample,
                repeat=question.repeat,
                temperature=question.setting,
                role=question.role,
                request=sent,
                response=reply.data,
                latency_s=reply.latency_s,
                attempts=reply.attempts,
            )
        )
        return Asked(read_completion(reply.data), reply.latency_s)

    async def _post(self, body: Mapping[str, Any]) -> tuple[Reply, Mapping[str, Any]]:
        """Send the body, less what the endpoint refuses; return the answer and what was sent."""
        refused = set(self._refused)
        while True:
            sent = without(body, refused)
            try:
                reply = await self.client.post("/chat/completions", sent)
            except EndpointError as error:
                field = refused_field(error, sent)
                if field is None:
                    raise
                refused.add(field)
                continue
            for field in sorted(refused - self._refused):
                self._remember(field)
            return reply, sent

    def _remember(self, field: str) -> None:
        self._refused.add(field)
        message = f"refuses {field}, and is asked without it from now on"
        if field == "max_tokens":
            message = "refuses max_tokens, and is given max_completion_tokens from now on"
        self._emit(Fault(at=time.time(), where=self.endpoint.name, message=message))


def _usable(answer: Answer) -> Completion | None:
    """Return the recorded completion; an empty or broken one is asked for anew."""
    try:
        completion = read_completion(answer.response)
    except EndpointError:
        return None
    cut_off = completion.finish_reason == "length"
    return completion if completion.output.strip() or cut_off else None
