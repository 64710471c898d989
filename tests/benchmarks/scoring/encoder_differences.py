"""Pairs of contexts and continuations that our Encoder splits otherwise than lm-eval does."""

import asyncio
import random
from dataclasses import dataclass

from lm_eval.api.model import TemplateLM

from stack_tui.benchmarks.harness.protocol import Document, LoglikelihoodRequest, Request
from stack_tui.benchmarks.scoring.encoding import Encoder
from tests.benchmarks.scoring.made_tokenizers import InMemory, nasty_text

_RANDOM_CONTINUATIONS = 3
_DOCUMENTS = 12


@dataclass(frozen=True)
class EncoderDifference:
    """A pair of texts, and the tokens of both by lm-eval and by us."""

    context: str
    continuation: str
    theirs: tuple[list[int], list[int]]
    ours: tuple[list[int], list[int]]


class _AsCausal:
    """What `TemplateLM._encode_pair` uses of a model."""

    backend = "causal"

    def __init__(self, tokenizer: InMemory) -> None:
        self.tok_encode = tokenizer.tokens


def differences(tokenizer: InMemory, pairs: int, seed: random.Random) -> list[EncoderDifference]:
    """Return the pairs that differ among at least `pairs` random ones, in batches as in a run."""
    found: list[EncoderDifference] = []
    encoder = Encoder(tokenizer)
    compared = 0
    while compared < pairs:
        prefix = _prefix(seed) if seed.random() < 0.5 else None
        documents = [_document(seed, number, prefix) for number in range(_DOCUMENTS)]
        prefixes = {prefix: prefix} if prefix else {}
        encoded = asyncio.run(encoder.pairs(documents, prefixes))
        for document, given in zip(documents, encoded, strict=True):
            for request, pair in zip(document.requests, given, strict=True):
                assert isinstance(request, LoglikelihoodRequest)
                compared += 1
                context = (prefix or "") + document.contexts[request.context]
                theirs = _as_lm_eval(tokenizer, context, request.continuation)
                ours = (pair.given, pair.continuation)
                if theirs != ours:
                    found.append(EncoderDifference(context, request.continuation, theirs, ours))
    return found


def _prefix(seed: random.Random) -> str:
    """Return a text that the contexts of a task may share: a line break follows its last letter."""
    return nasty_text(seed, 40) + "the answer is" + seed.choice("aé2")


def _document(seed: random.Random, number: int, prefix: str | None) -> Document:
    shared = ["\n" + nasty_text(seed, 12) for _ in range(2)] if prefix else []
    contexts = shared or [nasty_text(seed, 12) for _ in range(2)]
    if seed.random() < 0.5:
        contexts = [f"{context}\nAnswer:" for context in contexts]
    requests: list[Request] = [
        LoglikelihoodRequest(context=at, continuation=continuation)
        for at in range(len(contexts))
        for continuation in (" A", *(nasty_text(seed, 3) for _ in range(_RANDOM_CONTINUATIONS)))
    ]
    return Document(
        task="t",
        doc=number,
        dataset_id=number,
        contexts=contexts,
        requests=requests,
        prefix=prefix,
    )


def _as_lm_eval(
    tokenizer: InMemory, context: str, continuation: str
) -> tuple[list[int], list[int]]:
    """Return what lm-eval scores; before an empty context it puts a token that we add later."""
    if not context:
        return [], tokenizer.tokens(continuation)
    given, scored = TemplateLM._encode_pair(_AsCausal(tokenizer), context, continuation)
    return list(given), list(scored)
