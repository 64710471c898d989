"""Prepare documents: decide once how each request goes out, and encode what it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from stack_tui.benchmarks.harness.protocol import (
    ConversationRequest,
    Document,
    LoglikelihoodRequest,
    RollingRequest,
    TextRequest,
)
from stack_tui.benchmarks.output_preparation import OutputPreparer
from stack_tui.benchmarks.prepared_document import (
    ContinuationsPart,
    DocumentPart,
    LettersPart,
    Prepared,
    Refused,
    RollingPart,
    WrittenPart,
)
from stack_tui.benchmarks.prompting import Prompting
from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair, Encoder, windows
from stack_tui.benchmarks.scoring.methods import RouteError
from stack_tui.benchmarks.scoring.model_tokenizer import FileTokenizer
from stack_tui.benchmarks.scoring.prompt_fit import PromptChange, UnfitDocument, fit_pair
from stack_tui.endpoints.probe import Capabilities
from stack_tui.runs.spec import BenchmarkSubject, digest


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What a document's requests need of the tokenizer; empty where they need nothing."""

    document: Document
    pairs: list[EncodedPair]
    contexts: list[list[int]]
    conversations: list[list[int]]


class Preparer:
    """Prepares the documents of one run on one endpoint; `prefixes` holds their shared texts by id.

    An answer's key covers all that the answer depends on: `identity` (endpoint, model, server),
    method, document, and sampling arguments. Clear `letters_agree` if one-token answers are wrong.
    """

    def __init__(
        self,
        capabilities: Capabilities,
        spec: BenchmarkSubject,
        prompting: Prompting,
        encoder: Encoder | None,
        *,
        identity: Sequence[Any],
        context_length: int | None,
        prefix_token: int | None,
    ) -> None:
        self.prefixes: dict[str, str] = {}
        self.letters_agree = True
        self._capabilities = capabilities
        self._spec = spec
        self._encoder = encoder
        self._identity = digest(*identity)
        self._context_length = context_length
        self._prefix_token = prefix_token
        self._as_tokens = bool(capabilities.token_prompts) and not prompting.chat
        self._outputs = OutputPreparer(
            chat=prompting.chat,
            seed=spec.seed,
            identity=self._identity,
            context_length=context_length,
        )

    async def prepare(self, documents: Sequence[Document]) -> list[Prepared | Refused]:
        """Return each document with its parts, or why it cannot be asked."""
        return [self._prepare(encoded) for encoded in await self._encode(documents)]

    def _prepare(self, encoded: _Encoded) -> Prepared | Refused:
        changes: list[PromptChange] = []
        try:
            parts = list(self._parts(encoded, changes))
        except (RouteError, UnfitDocument) as error:
            return Refused(encoded.document, error)
        return Prepared(encoded.document, parts, changes)

    def _parts(self, encoded: _Encoded, changes: list[PromptChange]) -> Iterator[DocumentPart]:
        """Yield the parts; raises RouteError, UnfitDocument for a request that cannot be sent."""
        scored: list[tuple[int, LoglikelihoodRequest]] = []
        for place, request in enumerate(encoded.document.requests):
            match request:
                case LoglikelihoodRequest():
                    scored.append((place, request))
                case RollingRequest():
                    yield self._rolling(encoded, place, request)
                case TextRequest():
                    tokens = encoded.contexts[request.context] if encoded.contexts else None
                    yield self._written(encoded.document, place, tokens, changes)
                case ConversationRequest(conversation=at):
                    tokens = encoded.conversations[at] if encoded.conversations else None
                    yield self._written(encoded.document, place, tokens, changes)
                case _:
                    assert_never(request)
        if scored:
            yield self._scored(encoded, scored, changes)

    def _written(
        self,
        document: Document,
        place: int,
        tokens: list[int] | None,
        changes: list[PromptChange],
    ) -> WrittenPart:
        shared = self.prefixes[document.prefix] if document.prefix else ""
        part, change = self._outputs.written(
            document, place, shared, tokens, as_tokens=self._as_tokens
        )
        if change is not None:
            changes.append(change)
        return part

    def _scored(
        self,
        encoded: _Encoded,
        scored: Sequence[tuple[int, LoglikelihoodRequest]],
        changes: list[PromptChange],
    ) -> LettersPart | ContinuationsPart:
        self._check_can_score()
        pairs, cut = [], []
        for pair in encoded.pairs:
            kept, change = fit_pair(self._grounded(pair), self._context_length)
            pairs.append(kept)
            if change is not None:
                cut.append(change)
        changes += cut
        places = [place for place, _ in scored]
        what: list[Any] = [request.continuation for _, request in scored]
        what += [change.got for change in cut]
        contexts = len({request.context for _, request in scored})
        lengths = [len(pair.continuation) for pair in pairs if pair.continuation]
        document = encoded.document
        if self.letters_agree and methods.go_by_letters(lengths, contexts, self._capabilities):
            return LettersPart(places, pairs, self._key("letters", document, what))
        method = methods.by_continuation(self._capabilities)
        if method is None:
            raise RouteError(
                "a continuation is longer than one token, which this endpoint cannot score",
                remedy="Serve the model with prompt log-probabilities, as vLLM does.",
            )
        return ContinuationsPart(places, pairs, self._key(method, document, what), method)

    def _rolling(self, encoded: _Encoded, place: int, request: RollingRequest) -> RollingPart:
        self._check_can_score()
        if methods.by_continuation(self._capabilities) != "echo":
            raise RouteError(
                "the endpoint returns no log-probabilities of a prompt's own tokens",
                remedy="Serve the model with prompt log-probabilities, as vLLM does.",
            )
        if self._prefix_token is None or self._context_length is None:
            raise RouteError(
                "a whole text needs the model's first token and context length",
                remedy="Name the folder with the model's tokenizer files with --tokenizer.",
            )
        tokens = encoded.contexts[request.context]
        found = windows(tokens, self._prefix_token, self._context_length - 2)
        key = self._key("echo", encoded.document, [str(self._context_length)])
        return RollingPart(place, found, key)

    def _check_can_score(self) -> None:
        if self._spec.protocol == "chat":
            raise RouteError(methods.CHAT_SCORES_NOTHING, remedy="Use --protocol completions.")
        if self._encoder is None:
            raise RouteError(
                "the model's tokenizer is needed, which was not found",
                remedy="Name its tokenizer.json, or the folder of it, with --tokenizer.",
            )

    def _grounded(self, pair: EncodedPair) -> EncodedPair:
        """Return the pair; an empty context gets lm-eval's prefix token, the model's BOS or EOS."""
        if pair.prefix or pair.context:
            return pair
        if self._prefix_token is None:
            raise RouteError(
                "a request without context needs the model's first token",
                remedy="Name the folder with the model's tokenizer files with --tokenizer.",
            )
        if pair.continuation[:1] == [self._prefix_token]:
            return EncodedPair([], pair.continuation[:1], pair.continuation[1:])
        return EncodedPair([], [self._prefix_token], pair.continuation)

    def _key(self, method: str, document: Document, what: Sequence[Any]) -> str:
        return digest(self._identity, method, document.prefix, document.contexts, what)

    async def _encode(self, documents: Sequence[Document]) -> list[_Encoded]:
        """Return the documents with their tokens, all that are needed encoded together."""
        encoder = self._encoder
        if encoder is None:
            return [_Encoded(document, [], [], []) for document in documents]
        pairs = await encoder.pairs(documents, self.prefixes)
        whole = [each for each in documents if self._needs_contexts(each)]
        contexts = iter(await encoder.contexts(whole, self.prefixes))
        talks = [each for each in documents if self._counts_text and each.conversations]
        texts = iter(await encoder.texts([_texts_of(each) for each in talks]))
        return [
            _Encoded(
                document,
                scored,
                next(contexts) if self._needs_contexts(document) else [],
                next(texts) if self._counts_text and document.conversations else [],
            )
            for document, scored in zip(documents, pairs, strict=True)
        ]

    @property
    def _counts_text(self) -> bool:
        """Whether the tokens of texts that go out as texts are counted: not by the server."""
        encoder = self._encoder
        return encoder is not None and isinstance(encoder.tokenizer, FileTokenizer)

    def _needs_contexts(self, document: Document) -> bool:
        counted = self._as_tokens or self._counts_text
        return any(
            isinstance(request, RollingRequest) or (counted and isinstance(request, TextRequest))
            for request in document.requests
        )


def _texts_of(document: Document) -> list[str]:
    """Return the text of each conversation: its messages' contents, one after the other."""
    return [
        "".join(str(message.get("content")) for message in msgspec.json.decode(conversation))
        for conversation in document.conversations
    ]
