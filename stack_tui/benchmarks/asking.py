"""Asking a document's requests by the route that suits it, unless the answer is recorded."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stack_tui.benchmarks import echo, forced, generate, letters, routes
from stack_tui.benchmarks.answers import Scores, Text, plain, read_scores, read_text
from stack_tui.benchmarks.encoding import Encoder, Pair
from stack_tui.benchmarks.protocol import Document, Request, Value
from stack_tui.benchmarks.rolling import windows
from stack_tui.benchmarks.routes import Route, RouteError
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.errors import EndpointError
from stack_tui.endpoints.probe import Abilities
from stack_tui.runs.events import Answer
from stack_tui.runs.spec import BenchmarkSpec, digest

CUT = "context cut"


@dataclass(slots=True)
class Prepared:
    """A document that is ready to be asked: its tokens, its route, and its answers' keys.

    `pairs` are a scored document's; `prompts` those of each request of a generated one. Text and
    messages stand as they are where the server makes tokens of them itself.
    """

    document: Document
    route: Route
    pairs: list[Pair] = field(default_factory=list)
    prompts: list[str | list[int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class Sent:
    """A document's answers, recorded or new; the latency is the sum of the new ones'."""

    prepared: Prepared
    values: list[list[Value]]
    scores: Scores | None = None
    texts: list[Text] = field(default_factory=list)
    latency_s: float = 0.0
    asked: int = 0


class Asker:
    """Prepares and asks the documents of one run on one endpoint."""

    def __init__(
        self,
        client: Client,
        abilities: Abilities,
        spec: BenchmarkSpec,
        encoder: Encoder | None,
        *,
        identity: Sequence[Any],
        context_length: int | None,
        prefix_token: int | None,
        recorded: Mapping[str, Answer],
    ) -> None:
        self.client = client
        self.abilities = abilities
        self.prefixes: dict[str, str] = {}
        self.letters_agree = True
        self._spec = spec
        self._encoder = encoder
        self._identity = digest(*identity)
        self._context_length = context_length
        self._prefix_token = prefix_token
        self._recorded = recorded
        self._protocol = routes.generation_protocol(
            spec.protocol, spec.apply_chat_template, abilities
        )

    async def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Encode the documents and choose each one's route; raises RouteError where none is."""
        kind = documents[0].requests[0].kind
        if kind == "generate_until":
            return await self._prepare_generation(documents)
        if self._encoder is None:
            raise RouteError(
                f"{documents[0].task} needs the model's tokenizer, and none was found",
                remedy="Name its tokenizer.json, or the folder it lies in, with --tokenizer.",
            )
        if kind == "loglikelihood_rolling":
            return await self._prepare_rolling(documents, self._encoder)
        encoded = await self._encoder.pairs(documents, self.prefixes)
        return [
            self._prepare_scored(document, [self._fitted(self._grounded(pair)) for pair in pairs])
            for document, pairs in zip(documents, encoded, strict=True)
        ]

    def _prepare_scored(self, document: Document, pairs: list[tuple[Pair, bool]]) -> Prepared:
        fitted = [pair for pair, _ in pairs]
        cut = any(was_cut for _, was_cut in pairs)
        lengths = [len(pair.continuation) for pair in fitted]
        contexts = len({request.context for request in document.requests})
        abilities = self.abilities
        route = (
            routes.chosen_route(lengths, contexts, abilities)
            if self.letters_agree
            else routes.by_continuation(abilities)
        )
        if route is None or not all(lengths):
            raise RouteError(
                f"{document.task} cannot run: a continuation of document {document.shown} is "
                + ("empty" if route else "longer than one token, which this endpoint cannot score"),
                remedy="Serve the model with prompt log-probabilities, as vLLM does.",
            )
        key = self._key(route, document, [request.continuation for request in document.requests])
        return Prepared(document, route, pairs=fitted, keys=[key], flags=(CUT,) if cut else ())

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
            prepared.append(Prepared(document, "echo", pairs=pairs, keys=[key]))
        return prepared

    async def _prepare_generation(self, documents: Sequence[Document]) -> list[Prepared]:
        by_tokens = (
            self._protocol == "completions"
            and self._encoder is not None
            and bool(self.abilities.token_prompts)
            and not documents[0].chat
        )
        encoded: list[list[list[int]]] = []
        if by_tokens and self._encoder is not None:
            encoded = await self._encoder.contexts(documents, self.prefixes)
        prepared = []
        for at, document in enumerate(documents):
            texts = self._full_contexts(document)
            one = Prepared(document, "generate")
            for request in document.requests:
                prompt: str | list[int] = texts[request.context]
                if by_tokens:
                    prompt, cut = self._fitted_prompt(encoded[at][request.context], request)
                    one.flags = (CUT,) if cut else one.flags
                elif self._protocol == "chat" and not document.chat:
                    prompt = _as_message(texts[request.context])
                one.prompts.append(prompt)
                for repeat in range(request.repeats):
                    fields = self._fields(request, repeat)
                    one.keys.append(
                        self._key(f"generate {self._protocol}", document, [fields, repeat], request)
                    )
            prepared.append(one)
        return prepared

    def _full_contexts(self, document: Document) -> list[str]:
        shared = self.prefixes[document.prefix] if document.prefix else ""
        return [shared + text for text in document.contexts]

    def _grounded(self, pair: Pair) -> Pair:
        """Give an empty context lm-eval's prefix token, which is the model's first (or last)."""
        if pair.prefix or pair.context:
            return pair
        if self._prefix_token is None:
            raise RouteError(
                "a request without any context needs the model's first token",
                remedy="Name the folder with the model's tokenizer files with --tokenizer.",
            )
        if pair.continuation[:1] == [self._prefix_token]:
            return Pair([], pair.continuation[:1], pair.continuation[1:])
        return Pair([], [self._prefix_token], pair.continuation)

    def _fitted(self, pair: Pair) -> tuple[Pair, bool]:
        """Cut the context from the left where the model cannot take it all, as lm-eval does."""
        if self._context_length is None:
            return pair, False
        over = len(pair.whole) - (self._context_length - 1)
        if over <= 0:
            return pair, False
        return Pair([], pair.given[over:], pair.continuation), True

    def _fitted_prompt(self, prompt: list[int], request: Request) -> tuple[list[int], bool]:
        if self._context_length is None:
            return prompt, False
        room = max(1, self._context_length - 1 - generate.token_limit(request.gen))
        return prompt[-room:], len(prompt) > room

    def _fields(self, request: Request, repeat: int) -> dict[str, Any]:
        return generate.sampling(
            request.gen, self._spec.seed + repeat, chat=self._protocol == "chat"
        )

    def _key(
        self, route: str, document: Document, what: Sequence[Any], request: Request | None = None
    ) -> str:
        contexts = document.contexts if request is None else [document.contexts[request.context]]
        return digest(self._identity, route, document.prefix, contexts, what)

    def is_recorded(self, prepared: Prepared) -> bool:
        """Say whether every answer of the document is recorded and can be used again."""
        if prepared.route != "generate":
            return self._known_scores(prepared) is not None
        return all(self._known_text(key) is not None for key in prepared.keys)

    def _known_scores(self, prepared: Prepared) -> Scores | None:
        answer = self._recorded.get(prepared.keys[0])
        return None if answer is None else read_scores(answer, len(prepared.document.requests))

    def _known_text(self, key: str) -> Text | None:
        answer = self._recorded.get(key)
        return None if answer is None else read_text(answer)

    async def ask(self, prepared: Prepared, record: Callable[[Answer], None]) -> Sent:
        """Return the document's answers, each new one recorded at once; raises EndpointError."""
        if prepared.route == "generate":
            return await self._ask_texts(prepared, record)
        scores = self._known_scores(prepared)
        if scores is not None:
            return Sent(prepared, _values(prepared, scores), scores)
        scores, reply, latency_s = await self._score(prepared)
        record(_answer(prepared, 0, scores, reply, latency_s))
        return Sent(prepared, _values(prepared, scores), scores, latency_s=latency_s, asked=1)

    async def _score(self, prepared: Prepared) -> tuple[Scores, Reply, float]:
        began = time.monotonic()
        if prepared.route == "letters":
            try:
                scores, reply = await self.by_letters(prepared.pairs)
            except letters.Absent:
                scores, reply = await self.by_continuation(prepared.pairs)
                scores = Scores(
                    scores.logprobs,
                    scores.greedy,
                    route=routes.by_continuation(self.abilities) or "",
                    prompt_tokens=scores.prompt_tokens,
                )
            return scores, reply, time.monotonic() - began
        scores, reply = await self.by_continuation(prepared.pairs)
        if prepared.document.requests[0].kind == "loglikelihood_rolling":
            scores = Scores([sum(scores.logprobs)], [False], prompt_tokens=scores.prompt_tokens)
        return scores, reply, time.monotonic() - began

    async def by_letters(
        self, pairs: Sequence[Pair], *, cached: bool = False
    ) -> tuple[Scores, Reply]:
        """Score by one next token; raises letters.Absent, EndpointError."""
        return await letters.ask(
            self.client,
            pairs[0].given,
            [pair.continuation[0] for pair in pairs],
            named=bool(self.abilities.named_token_ids),
            top_n=min(self.abilities.top_logprobs or 0, 100),
            cache_prompt=cached and bool(self.abilities.forced),
        )

    async def by_continuation(self, pairs: Sequence[Pair]) -> tuple[Scores, Reply]:
        """Score by echo or forced tokens; raises EndpointError where the server has neither."""
        route = routes.by_continuation(self.abilities)
        if route == "echo":
            return await echo.ask(
                self.client,
                pairs,
                prompt_logprobs=bool(self.abilities.prompt_logprobs),
                lists=bool(self.abilities.prompt_lists),
            )
        if route == "forced":
            return await forced.ask(self.client, pairs)
        raise EndpointError(
            "bad_answer", "a choice is not among the alternatives that the server answered with"
        )

    async def _ask_texts(self, prepared: Prepared, record: Callable[[Answer], None]) -> Sent:
        sent = Sent(prepared, [])
        keys = iter(enumerate(prepared.keys))
        for request, prompt in zip(prepared.document.requests, prepared.prompts, strict=True):
            outputs: list[Value] = []
            for repeat in range(request.repeats):
                at, key = next(keys)
                text = self._known_text(key)
                if text is None:
                    text, reply = await generate.ask(
                        self.client,
                        prompt,
                        self._fields(request, repeat),
                        chat=self._protocol == "chat",
                    )
                    record(_answer(prepared, at, text, reply, reply.latency_s, repeat))
                    sent.latency_s += reply.latency_s
                    sent.asked += 1
                sent.texts.append(text)
                outputs.append(text.text)
            sent.values.append(outputs)
        return sent


def _values(prepared: Prepared, scores: Scores) -> list[list[Value]]:
    if prepared.document.requests[0].kind == "loglikelihood_rolling":
        return [[scores.logprobs[0]]]
    return scores.values()


def _answer(
    prepared: Prepared,
    at: int,
    response: Scores | Text,
    reply: Reply,
    latency_s: float,
    repeat: int = 0,
) -> Answer:
    return Answer(
        at=time.time(),
        key=prepared.keys[at],
        task=prepared.document.task,
        sample=str(prepared.document.shown),
        role="model",
        response=plain(response),
        repeat=repeat,
        latency_s=latency_s,
        attempts=reply.attempts,
    )


def _as_message(text: str) -> str:
    import msgspec

    return msgspec.json.encode([{"role": "user", "content": text}]).decode()
