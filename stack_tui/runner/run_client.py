"""Completions for a run: what the server refuses, and how it ends outputs, becomes events."""

import time
from collections.abc import Mapping
from typing import Any

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.completion_client import CompletionClient, CompletionPath, Exchange
from stack_tui.endpoints.refused_fields import SYSTEM_ROLE
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Fault, Finding

_MOST_ENDINGS = 8
_REFUSALS = {
    "max_tokens": "refuses max_tokens, and is given max_completion_tokens from now on",
    SYSTEM_ROLE: "refuses a system message: its text leads the user's message from now on",
}


class RunClient:
    """One endpoint's completions, asked for by any job of a run."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._completions = CompletionClient(client)
        self._endings: set[str] = set()

    async def ask(
        self, path: CompletionPath, body: Mapping[str, Any], *, task: str, emit: Emit
    ) -> Exchange:
        """Return the completion; raises EndpointError.

        The first refusal of a field is emitted as a fault, the first ending of an unknown name as a
        finding on the task.
        """
        exchange = await self._completions.ask(path, body)
        for field in exchange.news:
            message = _REFUSALS.get(field, f"refuses {field}, and is asked without it from now on")
            await emit(Fault(at=time.time(), where=self.client.endpoint.name, message=message))
        completion = exchange.completion
        if completion.ending == "unknown" and self._is_new(completion.finish_reason):
            await emit(_unknown_ending(task, self.client.endpoint.name, completion.finish_reason))
        return exchange

    def _is_new(self, reason: str) -> bool:
        new = reason not in self._endings and len(self._endings) < _MOST_ENDINGS
        self._endings.add(reason)
        return new


def _unknown_ending(task: str, endpoint: str, reason: str) -> Finding:
    return Finding(
        at=time.time(),
        check=f"ending {reason}",
        task=task,
        seen=f"{endpoint} ended an output with {reason!r}, which has no known meaning",
        cause="Such an output counts as complete. Look at some of them.",
        level="note",
    )
