"""Questions to one endpoint: recorded answers first, without the fields it refuses."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.chat import Completion, post_chat, read_completion
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Answer, Fault
from stack_tui.runs.spec import digest


@dataclass(frozen=True)
class Question:
    """One request about one sample, to the model or a judge.

    `role` is "model" or "judge:NAME", `setting` the sample's temperature if the run has several.
    """

    task: str
    sample: str
    repeat: int
    role: str
    body: Mapping[str, Any]
    setting: float | None = None


@dataclass(frozen=True)
class ModelAnswer:
    """The answer to a question, with the latency of its request in seconds."""

    completion: Completion
    latency_s: float


def answer_key(endpoint: Endpoint, question: Question) -> str:
    """Return the key of the question's answer in a run's journal.

    It is made of the body before any refused field is removed. A judge's question may be the same
    at two temperatures, so the setting is part of it.
    """
    setting = () if question.setting is None else (question.setting,)
    return digest(
        endpoint.key_url,
        endpoint.model,
        question.body,
        question.role,
        question.sample,
        question.repeat,
        *setting,
    )


class Answers(Protocol):
    """A source of a model's answers: its endpoint, or an earlier run."""

    @property
    def endpoint(self) -> Endpoint:
        """The model's endpoint."""

    async def ask(self, question: Question) -> ModelAnswer:
        """Return the completion; raises EndpointError."""


class ModelClient:
    """One endpoint's client, with its recorded answers and the fields that it refuses."""

    def __init__(self, client: Client, recorded: Mapping[str, Answer], emit: Emit) -> None:
        self.client = client
        self.endpoint = client.endpoint
        self._recorded = recorded
        self._emit = emit
        self._refused: set[str] = set()

    async def ask(self, question: Question) -> ModelAnswer:
        """Return the completion, the recorded one if there is one; raises EndpointError."""
        key = answer_key(self.endpoint, question)
        if (answer := self._recorded.get(key)) and (completion := _usable(answer)):
            return ModelAnswer(completion, answer.latency_s)
        reply, sent = await self._post(question.body)
        await self._emit(
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
        return ModelAnswer(read_completion(reply.data), reply.latency_s)

    async def _post(self, body: Mapping[str, Any]) -> tuple[Reply, Mapping[str, Any]]:
        """Return the reply to the body and the body as sent, without the fields refused."""
        refused = set(self._refused)
        reply, sent = await post_chat(self.client, body, refused)
        for field in sorted(refused - self._refused):
            await self._remember(field)
        return reply, sent

    async def _remember(self, field: str) -> None:
        self._refused.add(field)
        message = f"refuses {field}, and is asked without it from now on"
        if field == "max_tokens":
            message = "refuses max_tokens, and is given max_completion_tokens from now on"
        await self._emit(Fault(at=time.time(), where=self.endpoint.name, message=message))


def _usable(answer: Answer) -> Completion | None:
    """Return the recorded completion, None for an empty or broken one: it is asked for anew."""
    try:
        completion = read_completion(answer.response)
    except EndpointError:
        return None
    cut_off = completion.finish_reason == "length"
    return completion if completion.output.strip() or cut_off else None
