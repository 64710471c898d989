"""Turn a chat's messages into a prompt, as the `apply_chat_template` of transformers does."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import Template, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from stack_tui.benchmarks.harness.loading_errors import TaskError
from stack_tui.text import one_line

Messages = Sequence[Mapping[str, Any]]
_TAG = "CONTINUE_FINAL_MESSAGE_TAG "


class _GenerationBlocks(Extension):
    """Accepts `{% generation %}…{% endgeneration %}`, which marks what a model was trained on."""

    tags = {"generation"}  # noqa: RUF012 - jinja2's own class attribute

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def template_renderer(template: str, tokens: Mapping[str, str]) -> Callable[..., str]:
    """Return the function that renders messages; without a prompt, their last one is continued.

    `tokens` are the texts of the special tokens by name, such as bos_token. The function raises
    TaskError for messages that the template refuses.
    """
    compiled = _compile(template)

    def render(history: Messages, add_generation_prompt: bool = True) -> str:
        messages = [dict(message) for message in history]
        if not add_generation_prompt:
            messages[-1]["content"] += _TAG
        try:
            text = compiled.render(
                messages=messages,
                tools=None,
                documents=None,
                add_generation_prompt=add_generation_prompt,
                **tokens,
            )
        except (TemplateError, TypeError, ValueError) as error:
            raise TaskError(
                f"the model's chat template refuses these messages: {one_line(str(error), 300)}",
                remedy="Omit --system, or use --no-fewshot-as-multiturn, if it lacks such roles.",
            ) from error
        return text if add_generation_prompt else _until_tag(text)

    return render


def _until_tag(text: str) -> str:
    """Return the text up to the end of the last message's content."""
    place = text.rfind(_TAG.strip())
    if place < 0:
        raise TaskError("the model's chat template drops the beginning of the answer")
    # A template that strips the message has taken the spaces at its end too.
    return text[:place] if text[place:].startswith(_TAG) else text[:place].rstrip()


def _compile(template: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_GenerationBlocks, "jinja2.ext.loopcontrols"],
    )
    environment.filters["tojson"] = _as_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _format_now
    try:
        return environment.from_string(template)
    except TemplateError as error:
        raise TaskError(
            f"the model's chat template is not valid: {one_line(str(error), 300)}",
            remedy="Correct it, or name another tokenizer folder with --tokenizer.",
        ) from error


def _as_json(
    data: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Return JSON; jinja2's own filter escapes HTML."""
    return json.dumps(
        data, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _format_now(pattern: str) -> str:
    return datetime.now().strftime(pattern)  # noqa: DTZ005 - the local time, as in transformers
