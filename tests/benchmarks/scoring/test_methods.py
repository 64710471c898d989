"""Which way a task goes on an endpoint, and what is said where there is none."""

import pytest

from stack_tui.benchmarks.catalog.catalog import Catalog, open_catalog
from stack_tui.benchmarks.scoring import methods
from stack_tui.endpoints.probe import Capabilities

VLLM = Capabilities(
    chat=True,
    completions=True,
    echo=True,
    prompt_logprobs=True,
    top_logprobs=20,
    named_token_ids=True,
    token_prompts=True,
    prompt_lists=True,
)
LLAMACPP = Capabilities(
    chat=True, completions=True, echo=False, top_logprobs=1000, token_prompts=True, forced=True
)
CHAT_ONLY = Capabilities(chat=True, completions=False)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return open_catalog()


@pytest.mark.parametrize(
    ("task", "on_vllm", "on_llamacpp", "on_a_chat"),
    [
        ("mmlu_anatomy", "letters", "letters", None),
        ("hellaswag", "echo", "forced", None),
        ("gsm8k", "generate", "generate", "generate"),
        ("wikitext", "echo", None, None),
    ],
)
def test_a_tasks_route_follows_from_what_the_server_can_do(
    task: str, on_vllm: str, on_llamacpp: str, on_a_chat: str | None, catalog: Catalog
) -> None:
    facts = catalog.facts(task)
    assert methods.expected_route(facts, VLLM) == on_vllm
    assert methods.expected_route(facts, LLAMACPP) == on_llamacpp
    assert methods.expected_route(facts, CHAT_ONLY) == on_a_chat


def test_choices_of_several_tokens_or_contexts_do_not_go_by_letters() -> None:
    assert methods.go_by_letters([1, 1, 1, 1], 1, VLLM)
    assert not methods.go_by_letters([1, 2], 1, VLLM)
    assert not methods.go_by_letters([1, 1], 2, LLAMACPP)


def test_mmlu_on_a_chat_names_what_can_run_instead(catalog: Catalog) -> None:
    with pytest.raises(methods.RouteError) as refusal:
        methods.refuse_unable([catalog.facts("mmlu_anatomy")], catalog, CHAT_ONLY, "auto")
    assert "chat alone" in refusal.value.what
    assert "/v1/completions" in refusal.value.remedy
    assert "mmlu_anatomy_generative" in refusal.value.remedy
    assert "not comparable" in refusal.value.remedy


def test_the_protocol_is_completions_unless_the_prompts_are_conversations() -> None:
    assert methods.generation_protocol("auto", False, VLLM) == "completions"
    assert methods.generation_protocol("auto", True, VLLM) == "chat"
    assert methods.generation_protocol("auto", False, CHAT_ONLY) == "chat"
    with pytest.raises(methods.RouteError):
        methods.generation_protocol("completions", False, CHAT_ONLY)
