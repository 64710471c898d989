"""Prepare documents for their requests: tokens, route, and the keys of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stack_tui.benchmarks.harness.protocol import Document, Request
from stack_tui.benchmarks.scoring import generate, methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair, Encoder, windows
from stack_tui.benchmarks.scoring.methods import RouteError, ScoringMethod
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject, digest

CUT = "context cut"


@dataclass(frozen=True, slots=True)
class Output:
    """One output to ask for: the prompt, the request's other fields, and the answer's key.

    The prompt is text, tokens, or the JSON of a chat's messages.
    """

    prompt: str | list[int]
    fields: dict[str, Any]
    key: str
    repeat: int


@dataclass(slots=True)
class Prepared:
    """A document with its pairs to score, or for each request its outputs to ask for."""

    document: Document
    route: ScoringMethod
    key: str = ""
    pairs: list[EncodedPair] = field(default_factory=list)
    outputs: list[list[Output]] = field(default_factory=list)
    flags: tuple[str, ...] = ()


class Preparer:
    """Prepares the documents of one run on one endpoint; `prefixes` holds their shared texts by id.

    An answer's key covers all that the answer depends on: `identity` (endpoint, model, server),
    route, document, and sampling arguments. Clear `letters_agree` if one-token answers are wrong.
    """

    def __init__(
        self,
        capabilities: Capabilities,
        spec: BenchmarkSubject,
        encoder: Encoder | None,
        *,
        identity: Sequence[Any],
        context_length: int | None,
        prefix_token: int | None,
    ) -> None:
        self.prefixes: dict[str, str] = {}
        self.letters_agree = True
        self.chat = (
            methods.generation_protocol(spec.protocol, spec.apply_chat_template, capabilities)
            == "chat"
        )
        self._capabilities = capabilities
        self._spec = spec
        self._encoder = encoder
        self._identity = digest(*identity)
        self._context_length = context_length
        self._prefix_token = prefix_token

    async def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Encode the documents and choose the route of each; raises RouteError if there is none."""
        kind = documents[0].requests[0].kind
        if kind == "generate_until":
            return await self._prepare_generation(documents)
        if self._encoder is None:
            raise RouteError(
                f"{documents[0].task} needs the model's tokenizer, which was not found",
                remedy="Name its tokenizer.json, or the folder of it, with --tokenizer.",
            )
        if kind == "loglikelihood_rolling":
            return await self._prepare_rolling(documents, self._encoder)
        encoded = await self._encoder.pairs(documents, self.prefixes)
        return [
            self._prepare_scored(document, [self._fitted(self._grounded(pair)) for pair in pairs])
            for document, pairs in zip(documents, encoded, strict=True)
        ]

    def _prepare_scored(
        self, document: Document, pairs: list[tuple[EncodedPair, bool]]
    ) -> Prepared:
        fitted = [pair for pair, _ in pairs]
        cut = any(was_cut for _, was_cut in pairs)
        lengths = [len(pair.continuation) for pair in fitted]
        contexts = len({request.context for request in document.requests})
        capabilities = self._capabilities
        route = (
            methods.chosen_route(lengths, contexts, capabilities)
            if self.letters_agree
            else methods.by_continuation(capabilities)
        )
        if route is None or not all(lengths):
            raise RouteError(
                f"{document.task} cannot run: a continuation of document {document.dataset_id} is "
                + ("empty" if route else "longer than one token, which this endpoint cannot score"),
                remedy="Serve the model with prompt log-probabilities, as vLLM does.",
            )
        key = self._key(route, document, [request.continuation for request in document.requests])
        return Prepared(document, route, pairs=fitted, key=key, flags=(CUT,) if cut else ())

    async def _prepare_rolling(
        self, documents: Sequence[Document], encoder: Encoder
    ) -> list[Prepared]:
        if self._prefix_token is None or self._context_length is None:
            raise RouteError(
                f"{documents[0].task} needs the model's first token and context length",
                remedy="Name the folder with the model's tokenizer files with --tokenizer.",
            )
        encoded = await encoder.contexts(documents, self.prefixes)
        prepared = []
        for document, contexts in zip(documents, encoded, strict=True):
            pairs = windows(contexts[0], self._prefix_token, self._context_length - 2)
            key = self._key("echo", document, [str(self._context_length)])
            prepared.append(Prepared(document, "echo", pairs=pairs, key=key))
        return prepared

    async def _prepare_generation(self, documents: Sequence[Document]) -> list[Prepared]:
        if self.chat or documents[0].chat or not self._capabilities.token_prompts:
            encoder = None
        else:
            encoder = self._encoder
        encoded = await encoder.contexts(documents, self.prefixes) if encoder else []
        prepared = []
        for at, document in enumerate(documents):
            one = Prepared(document, "generate")
            texts = self._full_contexts(document)
            for request in document.requests:
                prompt: str | list[int] = texts[request.context]
                if encoder is not None:
                    prompt, cut = self._fitted_prompt(encoded[at][request.context], request)
                    one.flags = (CUT,) if cut else one.flags
                elif self.chat and not document.chat:
                    prompt = _as_message(texts[request.context])
                one.outputs.append(
                    [self._output(document, request, prompt, n) for n in range(request.repeats)]
                )
            prepared.append(one)
        return prepared

    def _output(
        self, document: Document, request: Request, prompt: str | list[int], repeat: int
    ) -> Output:
        """Return the output to ask for; each repeat has its own seed."""
        fields = generate.sampling(request.gen, self._spec.seed + repeat, chat=self.chat)
        route = "generate chat" if self.chat else "generate"
        text = document.contexts[request.context]
        key = digest(self._identity, route, document.prefix, text, fields, repeat)
        return Output(prompt, fields, key, repeat)

    def _full_contexts(self, document: Document) -> list[str]:
        shared = self.prefixes[document.prefix] if document.prefix else ""
        return [shared + text for text in document.contexts]

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

    def _fitted(self, pair: EncodedPair) -> tuple[EncodedPair, bool]:
        """Return the pair, cut from the left as in lm-eval if it is too long, and if it was cut."""
        if self._context_length is None:
            return pair, False
        over = len(pair.whole) - (self._context_length - 1)
        if over <= 0:
            return pair, False
        return EncodedPair([], pair.given[over:], pair.continuation), True

    def _fitted_prompt(self, prompt: list[int], request: Request) -> tuple[list[int], bool]:
        if self._context_length is None:
            return prompt, False
        room = max(1, self._context_length - 1 - generate.token_limit(request.gen))
        return prompt[-room:], len(prompt) > room

    def _key(self, route: str, document: Document, what: Sequence[Any]) -> str:
        return digest(self._identity, route, document.prefix, document.contexts, what)


def refuse_cut(prepared: Sequence[Prepared]) -> None:
    """Raise StackError if one of the first prompts is longer than the model takes."""
    for one in prepared:
        if CUT in one.flags:
            raise StackError(
                f"the prompt of document {one.document.dataset_id} is longer than the model takes",
                where=one.document.task,
                remedy="Use fewer examples with --fewshot, or serve with a longer context.",
            )


def _as_message(text: str) -> str:
    return msgspec.json.encode([{"role": "user", "content": text}]).decode()
