"""Prompts by chat templates equal those of transformers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from stack_tui.benchmarks.harness.chat_rendering import template_renderer
from stack_tui.benchmarks.harness.loading_errors import TaskError

ASKED = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Où? <b>\n"}]
BEGUN = [*ASKED, {"role": "assistant", "content": " The answer is "}]
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CHATML = (
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{{ eos_token }}\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TRIMMED = (
    "{%- for m in messages -%}\n    [{{ m['role'] }}] {{ m['content'] | trim }}\n"
    "{%- endfor -%}{%- if add_generation_prompt %} [assistant]{% endif %}"
)


@dataclass(frozen=True)
class Case:
    template: str
    expected: str
    messages: list[dict[str, str]] = field(default_factory=lambda: ASKED)
    prompted: bool = True


CASES = {
    "special tokens": Case(
        CHATML, "<s><|system|>Be short.</s>\n<|user|>Où? <b>\n</s>\n<|assistant|>"
    ),
    "an answer that is begun": Case(
        CHATML,
        "<s><|system|>Be short.</s>\n<|user|>Où? <b>\n</s>\n<|assistant|> The answer is ",
        BEGUN,
        prompted=False,
    ),
    "an answer that is begun, trimmed": Case(
        TRIMMED, "[system] Be short.[user] Où? <b>[assistant] The answer is", BEGUN, prompted=False
    ),
    "an answer that the question holds too": Case(
        TRIMMED,
        "[user] Say it: it[assistant] it",
        [{"role": "user", "content": "Say it: it"}, {"role": "assistant", "content": "it"}],
        prompted=False,
    ),
    "blocks to train on": Case(
        "{% for m in messages %}{% generation %}{{ m.content }}|{% endgeneration %}{% endfor %}",
        "Be short.|Où? <b>\n|",
    ),
    "JSON as it is": Case(
        "{{ messages | tojson }}",
        '[{"role": "system", "content": "Be short."}, {"role": "user", "content": "Où? <b>\\n"}]',
    ),
    "JSON with all arguments": Case(
        "{{ {'b': 'ù', 'a': [1]} | tojson(ensure_ascii=True, indent=1, separators=(',', ':'),"
        " sort_keys=True) }}",
        '{\n "a":[\n  1\n ],\n "b":"\\u00f9"\n}',
    ),
    "no tools": Case(
        "{% if tools is not none %}tools{% endif %}{% if documents %}documents{% endif %}"
        "{{ messages[0].content }}",
        "Be short.",
    ),
    "a loop that breaks": Case(
        "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}{{ m.role }}"
        "{% endfor %}",
        "system",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_prompt_equals_what_transformers_rendered(case: Case) -> None:
    render = template_renderer(case.template, TOKENS)
    assert render(case.messages, add_generation_prompt=case.prompted) == case.expected


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_transformers_renders_the_same(case: Case) -> None:
    rendering: Any = pytest.importorskip(
        "transformers.utils.chat_template_utils", reason="transformers is not installed"
    )
    (text,), _ = rendering.render_jinja_template(
        [case.messages],
        chat_template=case.template,
        add_generation_prompt=case.prompted,
        continue_final_message=not case.prompted,
        **TOKENS,
    )
    assert text == case.expected


def test_a_template_can_write_the_date() -> None:
    render = template_renderer("{{ strftime_now('%Y') }}", {})
    before = datetime.now().year  # noqa: DTZ005 - the local time, as in transformers
    assert int(render(ASKED)) - before in (0, 1)


def test_messages_that_a_template_refuses_are_an_error_with_its_words() -> None:
    render = template_renderer("{{ raise_exception('no system role') }}", {})
    with pytest.raises(TaskError, match="refuses these messages: no system role"):
        render(ASKED)


def test_a_template_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(TaskError, match="chat template is not valid"):
        template_renderer("{% for %}", {})


def test_a_template_that_drops_the_begun_answer_is_an_error() -> None:
    render = template_renderer("{{ messages[0].content }}", {})
    with pytest.raises(TaskError, match="drops the beginning of the answer"):
        render(BEGUN, add_generation_prompt=False)


def test_a_template_reaches_nothing_outside_of_its_messages() -> None:
    render = template_renderer("{{ messages.__class__.__mro__ }}", {})
    with pytest.raises(TaskError, match="refuses these messages"):
        render(ASKED)
