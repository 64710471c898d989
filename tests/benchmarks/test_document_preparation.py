"""Each request of a document has one way to the model, or the document its own error."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.harness.protocol import (
    ConversationRequest,
    Document,
    LoglikelihoodRequest,
    Request,
    RollingRequest,
    TextRequest,
)
from stack_tui.benchmarks.prepared_document import (
    ChatPrompt,
    Prepared,
    Refused,
    TextPrompt,
    TokenPrompt,
    WrittenPart,
)
from stack_tui.benchmarks.prompting import Prompting, decide_prompting
from stack_tui.benchmarks.scoring.encoding import Encoder
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.scoring.test_encoding import Words

VLLM = Capabilities(
    chat=True,
    completions=True,
    prompt_logprobs=True,
    named_token_ids=True,
    token_prompts=True,
    prompt_lists=True,
)
SPEC = BenchmarkSubject(tasks=("t",))
TALK = '[{"role":"user","content":"Hi"}]'


def prepare(
    requests: Sequence[Request],
    capabilities: Capabilities = VLLM,
    *,
    spec: BenchmarkSubject = SPEC,
    contexts: Sequence[str] = ("One two",),
    context_length: int | None = 100,
    prefix_token: int | None = 7,
    encoder: Encoder | None = None,
    identity: str = "",
) -> Prepared | Refused:
    preparer = Preparer(
        capabilities,
        spec,
        decide_prompting(spec, capabilities, None),
        encoder or Encoder(Words()),
        identity=[identity],
        context_length=context_length,
        prefix_token=prefix_token,
    )
    document = Document(
        task="t",
        doc=0,
        dataset_id=0,
        contexts=list(contexts),
        conversations=[TALK],
        requests=list(requests),
    )
    (found,) = asyncio.run(preparer.prepare([document]))
    return found


def parts_of(found: Prepared | Refused) -> list[Any]:
    assert isinstance(found, Prepared)
    return found.parts


def prompt_of(found: Prepared | Refused) -> Any:
    (part,) = parts_of(found)
    assert isinstance(part, WrittenPart)
    return part.outputs[0].prompt


LETTERS = [LoglikelihoodRequest(continuation=text) for text in (" A", " B")]


def test_requests_of_several_kinds_are_parts_that_know_their_places() -> None:
    last = LoglikelihoodRequest(continuation=" A")
    requests: list[Request] = [TextRequest(), *LETTERS, RollingRequest(), last]
    written, rolling, scored = parts_of(prepare(requests))
    assert (written.place, written.method) == (0, "generate")
    assert (rolling.place, rolling.method) == (3, "echo")
    assert (scored.places, scored.method) == ([1, 2, 4], "letters")


def test_a_text_goes_as_tokens_as_text_or_as_a_users_message() -> None:
    assert isinstance(prompt_of(prepare([TextRequest()])), TokenPrompt)
    text_only = msgspec.structs.replace(VLLM, token_prompts=False)
    assert prompt_of(prepare([TextRequest()], text_only)) == TextPrompt("One two", None)
    chat = msgspec.structs.replace(SPEC, protocol="chat")
    message = '[{"role":"user","content":"One two"}]'
    assert prompt_of(prepare([TextRequest()], spec=chat)) == ChatPrompt(message, None)


def test_a_conversation_goes_as_its_messages() -> None:
    spec = msgspec.structs.replace(SPEC, apply_chat_template=True)
    assert prompt_of(prepare([ConversationRequest()], spec=spec)) == ChatPrompt(TALK, None)


def test_scores_are_refused_by_chat_whoever_names_the_task() -> None:
    found = prepare(LETTERS, spec=msgspec.structs.replace(SPEC, protocol="chat"))
    assert isinstance(found, Refused)
    assert "a chat returns no log-probabilities" in found.failure.message


def test_an_empty_context_takes_the_prefix_token_or_is_refused() -> None:
    (part,) = parts_of(prepare(LETTERS, contexts=[""]))
    assert [pair.given for pair in part.pairs] == [[7], [7]]
    assert isinstance(prepare(LETTERS, contexts=[""], prefix_token=None), Refused)


def test_an_empty_continuation_is_no_reason_to_refuse_the_others() -> None:
    (part,) = parts_of(prepare([*LETTERS, LoglikelihoodRequest(continuation="")]))
    assert part.method == "letters"
    assert [len(pair.continuation) for pair in part.pairs] == [1, 1, 0]


def test_a_prompt_that_is_cut_has_another_key_than_one_that_is_whole() -> None:
    whole, cut = (
        prepare(LETTERS, contexts=["one two three four five six seven"], context_length=length)
        for length in (100, 6)
    )
    assert parts_of(whole)[0].key != parts_of(cut)[0].key
    assert isinstance(cut, Prepared)
    assert cut.flags == ("prompt cut to fit the context: 5 of 8 tokens",)


def test_texts_begin_with_the_bos_once() -> None:
    words = Words()
    bos = words.tokens("$")[0]
    found = prepare(
        [TextRequest(), TextRequest(context=1), *LETTERS],
        contexts=["One two", "$ One two"],
        encoder=Encoder(words, bos),
    )
    first, second, scored = parts_of(found)
    begun = [bos, *words.tokens("One two")]
    assert first.outputs[0].prompt.tokens == begun
    assert second.outputs[0].prompt.tokens.count(bos) == 1
    assert scored.pairs[0].given == begun


def test_conversations_for_scoring_need_a_template_and_say_so() -> None:
    spec = msgspec.structs.replace(SPEC, apply_chat_template=True)
    prompting = decide_prompting(spec, VLLM, None)
    assert isinstance(prompting.template, StackError)
    assert "--tokenizer" in prompting.template.remedy
    assert decide_prompting(SPEC, VLLM, None) == Prompting(chat=False)


@pytest.mark.parametrize(("chat", "wanted"), [(True, True), (None, True), (False, False)])
def test_auto_takes_the_chat_for_conversations_unless_there_is_none(
    chat: bool | None, wanted: bool
) -> None:
    spec = msgspec.structs.replace(SPEC, apply_chat_template=True)
    capabilities = msgspec.structs.replace(VLLM, chat=chat)
    assert decide_prompting(spec, capabilities, None).messages is wanted
