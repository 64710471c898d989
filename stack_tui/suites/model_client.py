"""Questions to one endpoint: recorded answers first, without the fields it refuses."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.chat import Completion, read_completion
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.refused_fields import dropped
from stack_tui.runner.run_client import RunClient
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Answer
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
    """The answer to a question, with the latency of its request in seconds.

    `dropped` names what the server refused of the question.
    """

    completion: Completion
    latency_s: float
    dropped: tuple[str, ...] = ()


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
        self._asking = RunClient(client)

    async def ask(self, question: Question) -> ModelAnswer:
        """Return the completion, the recorded one if there is one; raises EndpointError."""
        key = answer_key(self.endpoint, question)
        if (answer := self._recorded.get(key)) and (completion := _usable(answer)):
            sent = answer.request if isinstance(answer.request, Mapping) else question.body
            return ModelAnswer(completion, answer.latency_s, dropped(question.body, sent))
        exchange = await self._asking.ask(
            "chat/completions", question.body, task=question.task, emit=self._emit
        )
        reply = exchange.reply
        await self._emit(
            Answer(
                at=time.time(),
                key=key,
                task=question.task,
                sample=question.sample,
                repeat=question.repeat,
                temperature=question.setting,
                role=question.role,
                request=exchange.sent,
                response=reply.data,
                latency_s=reply.latency_s,
                attempts=reply.attempts,
            )
        )
        return ModelAnswer(exchange.completion, reply.latency_s, exchange.dropped)


def _usable(answer: Answer) -> Completion | None:
    """Return the recorded completion, None for an empty or broken one: it is asked for anew."""
    try:
        completion = read_completion(answer.response)
    except EndpointError:
        return None
    return None if completion.status in ("empty", "reasoning_only") else completion
