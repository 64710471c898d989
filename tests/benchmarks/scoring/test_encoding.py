"""Tokens of documents equal those that lm-eval's own splitting gives."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stack_tui.benchmarks.harness.protocol import Document, LoglikelihoodRequest
from stack_tui.benchmarks.scoring.encoding import Encoder
from tests.fakes.model import FakeModel


class Words:
    """The fake model's tokenizer; with `joins` it makes one token of a line break and a letter."""

    name = "words"
    splits_lines = True

    def __init__(self, joins: bool = False) -> None:
        self._model = FakeModel()
        self._joins = joins
        self.asked = 0

    async def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        self.asked += sum(map(len, texts))
        return [self.tokens(text) for text in texts]

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of one text."""
        return self._model.encode(text.replace("B\n\n", "BB") if self._joins else text)


def as_lm_eval(words: Words, context: str, continuation: str) -> tuple[list[int], list[int]]:
    spaces = len(context) - len(context.rstrip())
    if spaces:
        context, continuation = context[:-spaces], context[-spaces:] + continuation
    given = words.tokens(context)
    return given, words.tokens(context + continuation)[len(given) :]


def document(contexts: list[str], continuations: list[str], prefix: str | None) -> Document:
    requests: list[Any] = [
        LoglikelihoodRequest(context=at, continuation=text)
        for at in range(len(contexts))
        for text in continuations
    ]
    return Document(
        task="t", doc=0, dataset_id=0, contexts=contexts, requests=requests, prefix=prefix
    )


def scored(one: Document) -> list[LoglikelihoodRequest]:
    return [each for each in one.requests if isinstance(each, LoglikelihoodRequest)]


def encoded(
    words: Words, documents: list[Document], prefixes: dict[str, str]
) -> list[list[tuple[list[int], list[int]]]]:
    pairs = asyncio.run(Encoder(words).pairs(documents, prefixes))
    return [[(pair.given, pair.continuation) for pair in one] for one in pairs]


TEXT = st.text(alphabet="ab B.\n ", min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3), st.booleans()
)
def test_pairs_are_split_as_lm_eval_splits_them(
    contexts: list[str], continuations: list[str], shared: bool
) -> None:
    words = Words()
    prefixes = {"p": "One example.\nAnswer: B"}
    head = prefixes["p"] if shared else ""
    body = [f"\n\n{text}" for text in contexts] if shared else contexts
    one = document(body, continuations, "p" if shared else None)
    expected = [
        as_lm_eval(words, head + body[request.context], request.continuation)
        for request in scored(one)
    ]
    assert encoded(words, [one], prefixes) == [expected]


def test_a_tokenizer_that_joins_across_the_prefixs_end_encodes_whole_texts() -> None:
    words = Words(joins=True)
    prefixes = {"p": "One example.\nAnswer: B"}
    one = document(["\n\nTwo.\nAnswer:"], [" A", " B"], "p")
    expected = [
        as_lm_eval(words, prefixes["p"] + one.contexts[0], request.continuation)
        for request in scored(one)
    ]
    assert encoded(words, [one], prefixes) == [expected]


def test_a_shared_prefix_is_encoded_once_past_the_checked_documents() -> None:
    words = Words()
    prefixes = {"p": "x " * 1000 + "B"}
    documents = [document([f"\n\nQuestion {at}\nAnswer:"], [" A"], "p") for at in range(40)]
    encoded(words, documents, prefixes)
    assert words.asked < 6 * len(prefixes["p"])
