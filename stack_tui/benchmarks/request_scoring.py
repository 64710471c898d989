"""Requests for a document's parts, unless their answers are recorded."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

import msgspec

from stack_tui.benchmarks.harness.protocol import AnswerValue, Document
from stack_tui.benchmarks.prepared_document import (
    ChatPrompt,
    ContinuationsPart,
    LettersPart,
    Output,
    OutputPrompt,
    Prepared,
    RollingPart,
    ScoredPart,
    TextPrompt,
    TokenPrompt,
    WrittenPart,
)
from stack_tui.benchmarks.score_records import (
    RecordedLogprobs,
    RecordedText,
    plain,
    read_scores,
    read_text,
)
from stack_tui.benchmarks.scoring import echo, generate, letters, logit_bias, methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.benchmarks.scoring.finished_text import finish
from stack_tui.benchmarks.scoring.generate import TextModel
from stack_tui.benchmarks.scoring.methods import ByContinuation
from stack_tui.benchmarks.scoring.prompt_fit import PromptChange
from stack_tui.benchmarks.scoring.prompt_usage import unread_text
from stack_tui.endpoints.chat import Completion
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import Capabilities
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Answer


@dataclass(slots=True)
class Sent:
    """A document's answers, recorded or new, with the number and total latency of the new ones.

    `values` are those of its requests in order, `texts` the outputs as they are scored. `dropped`
    names what the server refused, `unread` says where it read less of a prompt than it was sent.
    """

    prepared: Prepared
    values: list[list[AnswerValue]] = field(default_factory=list)
    scores: RecordedLogprobs | None = None
    texts: list[Completion] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    unread: list[PromptChange] = field(default_factory=list)
    latency_s: float = 0.0
    requests: int = 0

    @property
    def changes(self) -> list[PromptChange]:
        """Where a prompt or a limit had to give, here or at the server."""
        return [*self.prepared.changes, *self.unread]

    @property
    def flags(self) -> tuple[str, ...]:
        """The changes in words."""
        return tuple(dict.fromkeys(change.flag for change in self.changes))


class RequestScorer:
    """Asks one endpoint for the prepared documents of a run, reusing recorded answers."""

    def __init__(
        self,
        client: Client,
        capabilities: Capabilities,
        recorded: Mapping[str, Answer],
        writer: TextModel | None = None,
    ) -> None:
        self.client = client
        self.writer = writer or TextModel(client)
        self.capabilities = capabilities
        self._recorded = recorded

    async def ask(self, prepared: Prepared, emit: Emit) -> Sent:
        """Return the document's answers, each new one emitted at once; raises EndpointError."""
        sent = Sent(prepared, [[] for _ in prepared.document.requests])
        for part in prepared.parts:
            match part:
                case LettersPart() | ContinuationsPart():
                    scores = await self._scores(sent, part, len(part.pairs), emit)
                    _place(sent, part.places, scores)
                case RollingPart():
                    scores = await self._scores(sent, part, 1, emit)
                    sent.values[part.place] = _repeated(
                        prepared.document, part.place, scores.logprobs[0]
                    )
                case WrittenPart():
                    texts = [await self._text(sent, output, emit) for output in part.outputs]
                    sent.texts += texts
                    sent.values[part.place] = [text.output for text in texts]
                case _:
                    assert_never(part)
        return sent

    async def _scores(
        self, sent: Sent, part: ScoredPart, count: int, emit: Emit
    ) -> RecordedLogprobs:
        """Return the log-probabilities of a scored part, `count` of them."""
        answer = self._recorded.get(part.key)
        scores = None if answer is None else read_scores(answer, count)
        if scores is None:
            began = time.monotonic()
            scores, reply = await self._score(part)
            if reply is not None:
                latency_s = time.monotonic() - began
                sent.latency_s += latency_s
                sent.requests += 1
                await emit(_answer(sent.prepared, part.key, scores, reply, latency_s))
        if scores.unread_tokens:
            read = scores.prompt_tokens - scores.unread_tokens
            sent.unread.append(PromptChange("server", scores.prompt_tokens, read))
        sent.scores = sent.scores or scores
        return scores

    async def _score(self, part: ScoredPart) -> tuple[RecordedLogprobs, Reply | None]:
        """Return the scores, and a reply unless there was nothing to ask for."""
        if isinstance(part, RollingPart):
            if not part.windows:
                return RecordedLogprobs([0.0], [False]), None
            scores, reply = await self.by_continuation(part.windows)
            whole = msgspec.structs.replace(scores, logprobs=[sum(scores.logprobs)], greedy=[False])
            return whole, reply
        asked = [pair for pair in part.pairs if pair.continuation]
        if not asked:
            return _with_empty(part.pairs, RecordedLogprobs([], [])), None
        if isinstance(part, LettersPart):
            try:
                scores, reply = await self.by_letters(asked)
            except letters.Absent:
                scores, reply = await self.by_continuation(asked)
                route = methods.by_continuation(self.capabilities) or ""
                scores = msgspec.structs.replace(scores, route=route)
        else:
            scores, reply = await self.by_continuation(asked)
        return _with_empty(part.pairs, scores), reply

    async def by_letters(
        self, pairs: Sequence[EncodedPair], *, cached: bool = False
    ) -> tuple[RecordedLogprobs, Reply]:
        """Score by one next token; raises letters.Absent, EndpointError."""
        return await letters.ask(
            self.client,
            pairs[0].given,
            [pair.continuation[0] for pair in pairs],
            named=bool(self.capabilities.named_token_ids),
            top_n=min(self.capabilities.top_logprobs or 0, 100),
            cache_prompt=cached and bool(self.capabilities.forced),
        )

    async def by_continuation(self, pairs: Sequence[EncodedPair]) -> tuple[RecordedLogprobs, Reply]:
        """Score by echo or forced tokens; raises EndpointError if the server has neither."""
        method: ByContinuation | None = methods.by_continuation(self.capabilities)
        match method:
            case "echo":
                return await echo.ask(
                    self.client,
                    pairs,
                    prompt_logprobs=bool(self.capabilities.prompt_logprobs),
                    lists=bool(self.capabilities.prompt_lists),
                )
            case "forced":
                return await logit_bias.ask(self.client, pairs)
            case None:
                raise EndpointError(
                    "bad_answer",
                    "a choice is not among the alternatives that the server answered with",
                )
            case _:
                assert_never(method)

    async def _text(self, sent: Sent, output: Output, emit: Emit) -> Completion:
        """Return the output as it is scored, recorded or new."""
        answer = self._recorded.get(output.key)
        text = None if answer is None else read_text(answer)
        if text is None:
            task = sent.prepared.document.task
            text, reply = await self._generate(output.prompt, output.fields, task, emit)
            sent.latency_s += reply.latency_s
            sent.requests += 1
            await emit(
                _answer(sent.prepared, output.key, text, reply, reply.latency_s, output.repeat)
            )
        if unread := _unread(output.prompt, text.prompt_tokens):
            sent.unread.append(unread)
        sent.dropped.update(text.dropped)
        return finish(text, self.writer.think_end_token)

    async def _generate(
        self, prompt: OutputPrompt, fields: Mapping[str, Any], task: str, emit: Emit
    ) -> tuple[RecordedText, Reply]:
        chat = False
        match prompt:
            case TokenPrompt(tokens):
                content: str | list[int] = tokens
            case TextPrompt(text):
                content = text
            case ChatPrompt(messages):
                content, chat = messages, True
            case _:
                assert_never(prompt)
        return await generate.ask(self.writer, content, fields, chat=chat, task=task, emit=emit)


def _unread(prompt: OutputPrompt, count: int | None) -> PromptChange | None:
    """Return how much less of the prompt the server read than it was sent, None if not less."""
    if isinstance(prompt, TokenPrompt):
        length: int | None = len(prompt.tokens)
        unread = max(0, len(prompt.tokens) - count) if count else 0
    else:
        length = prompt.tokens
        unread = unread_text(count, length)
    return PromptChange("server", length, count) if unread else None


def _with_empty(pairs: Sequence[EncodedPair], scores: RecordedLogprobs) -> RecordedLogprobs:
    """Return the scores with those of empty continuations: certain, as lm-eval's empty sums are."""
    if len(scores.logprobs) == len(pairs):
        return scores
    found = iter(zip(scores.logprobs, scores.greedy, strict=True))
    both = [next(found) if pair.continuation else (0.0, True) for pair in pairs]
    return msgspec.structs.replace(
        scores, logprobs=[lp for lp, _ in both], greedy=[greedy for _, greedy in both]
    )


def _place(sent: Sent, places: Sequence[int], scores: RecordedLogprobs) -> None:
    document = sent.prepared.document
    for place, lp, greedy in zip(places, scores.logprobs, scores.greedy, strict=True):
        sent.values[place] = _repeated(document, place, (lp, greedy))


def _repeated(document: Document, place: int, value: AnswerValue) -> list[AnswerValue]:
    """Return the value once per repeat: a score is asked for once, and the same each time."""
    return [value] * document.requests[place].repeats


def _answer(
    prepared: Prepared,
    key: str,
    response: RecordedLogprobs | RecordedText,
    reply: Reply,
    latency_s: float,
    repeat: int = 0,
) -> Answer:
    return Answer(
        at=time.time(),
        key=key,
        task=prepared.document.task,
        sample=str(prepared.document.dataset_id),
        role="model",
        response=plain(response),
        repeat=repeat,
        latency_s=latency_s,
        attempts=reply.attempts,
    )
