"""Conversations of a run with a chat template: as messages for a chat, or rendered as a text."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lm_eval.api.task import Task

from stack_tui.benchmarks.harness.chat_rendering import Messages
from stack_tui.benchmarks.harness.protocol import Failed
from stack_tui.errors import StackError

Render = Callable[..., Any]


class _Json(NamedTuple):
    """What lm-eval's `JsonChatStr` is, whose module takes long to import."""

    prompt: str

    def encode(self, encoding: str) -> bytes:
        return self.prompt.encode(encoding)


class Conversation(_Json):
    """The JSON of messages; `rendered` makes the prompt that the template gives."""

    rendered: Callable[[], str]


@dataclass(frozen=True)
class Conversations:
    """How the tasks of a run get their prompts from messages.

    `template` renders messages, None if there is none, which `no_template` explains. With
    `messages`, the messages themselves go to the chat that writes the answers.
    """

    template: Render | None
    no_template: Failed | None
    messages: bool

    def renderer(self, task: Task) -> Render:
        """Return what lm-eval should make the task's prompts with."""
        keeps = self.messages and task.OUTPUT_TYPE == "generate_until"
        return self._keep if keeps else self._render

    def _render(self, history: Messages, add_generation_prompt: bool = True) -> str:
        """Return the prompt; raises StackError without a template."""
        if self.template is None:
            assert self.no_template is not None
            why = self.no_template
            raise StackError(why.what, where=why.where, remedy=why.remedy)
        text: str = self.template(history, add_generation_prompt=add_generation_prompt)
        return text

    def _keep(self, history: Messages, add_generation_prompt: bool = True) -> Conversation:
        """Return the messages, and how to render them for a request that has to be scored."""
        kept = Conversation(json.dumps(history, ensure_ascii=False))
        kept.rendered = lambda: self._render(history, add_generation_prompt)
        return kept
