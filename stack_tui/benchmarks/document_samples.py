"""Samples of documents, as journal and screens hold them."""

import time

from stack_tui.benchmarks.harness.protocol import (
    Document,
    GenerationRequest,
    LoglikelihoodRequest,
    Scored,
)
from stack_tui.benchmarks.request_scoring import Sent
from stack_tui.runs.events import ChoiceLogprob, Failure, Sample, Status


def scored_sample(sent: Sent, scored: Scored) -> Sample:
    """Return the sample of an answered document with its metrics from lm-eval."""
    document = sent.prepared.document
    scores = sent.scores
    first = sent.texts[0] if sent.texts else None
    choices: tuple[ChoiceLogprob, ...] = ()
    if scores is not None:
        texts = document.choices or [
            request.continuation if isinstance(request, LoglikelihoodRequest) else ""
            for request in document.requests
            if not isinstance(request, GenerationRequest)
        ]
        choices = tuple(
            ChoiceLogprob(text=text, logprob=lp, greedy=greedy)
            for text, lp, greedy in zip(texts, scores.logprobs, scores.greedy, strict=False)
        )
    flags = sent.flags
    if scores is not None and scores.route:
        flags = (*flags, f"route {scores.route}")
    return Sample(
        at=time.time(),
        task=document.task,
        id=str(document.dataset_id),
        place=document.doc,
        cluster=document.cluster,
        status=_status(sent),
        truncated_while_thinking=_is_thinking(sent),
        passed=scored.passed,
        prefix=document.prefix,
        prompt=document.prompt,
        output=first.text if first else "",
        reasoning=first.reasoning if first else "",
        finish_reason=first.finish_reason if first else "",
        flags=flags,
        unread_tokens=sum(
            change.wanted - change.got
            for change in sent.changes
            if change.kind != "room" and change.wanted is not None and change.got is not None
        ),
        choices=choices,
        chosen=scored.chosen,
        document=document.digest,
        target=document.target,
        extracted=scored.extracted,
        metrics=scored.metrics,
        latency_s=sent.latency_s,
        prompt_tokens=_prompt_tokens(sent),
        completion_tokens=first.completion_tokens if first else None,
    )


def failed_sample(document: Document, failure: Failure, flags: tuple[str, ...] = ()) -> Sample:
    """Return the sample of a document that failed: an error, never counted as wrong."""
    return Sample(
        at=time.time(),
        task=document.task,
        id=str(document.dataset_id),
        place=document.doc,
        cluster=document.cluster,
        status="error",
        failure=failure,
        prefix=document.prefix,
        prompt=document.prompt,
        flags=flags,
        document=document.digest,
        target=document.target,
        choices=tuple(ChoiceLogprob(text=text) for text in document.choices),
    )


def _status(sent: Sent) -> Status:
    if any(text.finish_reason == "length" for text in sent.texts):
        return "truncated"
    if sent.texts and not all(text.text.strip() for text in sent.texts):
        return "empty"
    return "ok"


def _is_thinking(sent: Sent) -> bool:
    return any(
        text.finish_reason == "length" and text.reasoning and not text.text.strip()
        for text in sent.texts
    )


def _prompt_tokens(sent: Sent) -> int | None:
    counts = [text.prompt_tokens for text in sent.texts if text.prompt_tokens is not None]
    if sent.scores is not None and sent.scores.prompt_tokens:
        counts.append(sent.scores.prompt_tokens)
    return sum(counts) if counts else None
