"""Requests for a document by its route, unless their answers are recorded."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from stack_tui.benchmarks.document_preparation import Output, Prepared
from stack_tui.benchmarks.harness.protocol import AnswerValue
from stack_tui.benchmarks.score_records import (
    RecordedLogprobs,
    RecordedText,
    plain,
    read_scores,
    read_text,
)
from stack_tui.benchmarks.scoring import echo, generate, letters, logit_bias, methods
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import Capabilities
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Answer


@dataclass(slots=True)
class Sent:
    """A document's answers, recorded or new, with the number and total latency of the new ones."""

    prepared: Prepared
    values: list[list[AnswerValue]]
    scores: RecordedLogprobs | None = None
    texts: list[RecordedText] = field(default_factory=list)
    latency_s: float = 0.0
    requests: int = 0


class RequestScorer:
    """Asks one endpoint for the prepared documents of a run, reusing recorded answers."""

    def __init__(
        self,
        client: Client,
        capabilities: Capabilities,
        recorded: Mapping[str, Answer],
        *,
        chat: bool,
    ) -> None:
        self.client = client
        self.capabilities = capabilities
        self._recorded = recorded
        self._chat = chat

    def _known_scores(self, prepared: Prepared) -> RecordedLogprobs | None:
        answer = self._recorded.get(prepared.key)
        return None if answer is None else read_scores(answer, len(prepared.document.requests))

    def _known_text(self, key: str) -> RecordedText | None:
        answer = self._recorded.get(key)
        return None if answer is None else read_text(answer)

    async def ask(self, prepared: Prepared, emit: Emit) -> Sent:
        """Return the document's answers, each new one emitted at once; raises EndpointError."""
        if prepared.route == "generate":
            return await self._ask_texts(prepared, emit)
        scores = self._known_scores(prepared)
        if scores is not None:
            return Sent(prepared, _values(prepared, scores), scores)
        scores, reply, latency_s = await self._score(prepared)
        await emit(_answer(prepared, prepared.key, scores, reply, latency_s))
        return Sent(prepared, _values(prepared, scores), scores, latency_s=latency_s, requests=1)

    async def _score(self, prepared: Prepared) -> tuple[RecordedLogprobs, Reply, float]:
        began = time.monotonic()
        if prepared.route == "letters":
            try:
                scores, reply = await self.by_letters(prepared.pairs)
            except letters.Absent:
                scores, reply = await self.by_continuation(prepared.pairs)
                route = methods.by_continuation(self.capabilities) or ""
                scores = msgspec.structs.replace(scores, route=route)
            return scores, reply, time.monotonic() - began
        scores, reply = await self.by_continuation(prepared.pairs)
        if prepared.document.requests[0].kind == "loglikelihood_rolling":
            scores = msgspec.structs.replace(
                scores, logprobs=[sum(scores.logprobs)], greedy=[False]
            )
        return scores, reply, time.monotonic() - began

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
        route = methods.by_continuation(self.capabilities)
        if route == "echo":
            return await echo.ask(
                self.client,
                pairs,
                prompt_logprobs=bool(self.capabilities.prompt_logprobs),
                lists=bool(self.capabilities.prompt_lists),
            )
        if route == "forced":
            return await logit_bias.ask(self.client, pairs)
        raise EndpointError(
            "bad_answer", "a choice is not among the alternatives that the server answered with"
        )

    async def _ask_texts(self, prepared: Prepared, emit: Emit) -> Sent:
        sent = Sent(prepared, [])
        for outputs in prepared.outputs:
            texts = [await self._ask_text(sent, output, emit) for output in outputs]
            sent.texts += texts
            sent.values.append([text.text for text in texts])
        return sent

    async def _ask_text(self, sent: Sent, output: Output, emit: Emit) -> RecordedText:
        known = self._known_text(output.key)
        if known is not None:
            return known
        text, reply = await generate.ask(self.client, output.prompt, output.fields, chat=self._chat)
        await emit(_answer(sent.prepared, output.key, text, reply, reply.latency_s, output.repeat))
        sent.latency_s += reply.latency_s
        sent.requests += 1
        return text


def _values(prepared: Prepared, scores: RecordedLogprobs) -> list[list[AnswerValue]]:
    if prepared.document.requests[0].kind == "loglikelihood_rolling":
        return [[scores.logprobs[0]]]
    return scores.values()


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
