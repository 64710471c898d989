"""Samples of documents, as journal and screens hold them."""

import time

from stack_tui.benchmarks.harness.protocol import (
    Document,
    GenerationRequest,
    LoglikelihoodRequest,
    Scored,
)
from stack_tui.benchmarks.request_scoring import Sent
from stack_tui.endpoints.chat import AnswerStatus, Completion
from stack_tui.runs.events import ChoiceLogprob, Failure, Sample, Status

_WORST_FIRST: tuple[AnswerStatus, ...] = (
    *("truncated", "filtered", "tool_calls", "reasoning_only", "empty"),
)


def scored_sample(sent: Sent, scored: Scored) -> Sample:
    """Return the sample of an answered document with its metrics from lm-eval.

    One that was filtered or cut off while thinking fails, whatever a metric makes of its text.
    """
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
    status = _status(sent)
    cut_off = any(map(_is_cut_off_thinking, sent.texts))
    failed = cut_off or status == "filtered"
    flags = sent.flags
    if scores is not None and scores.route:
        flags = (*flags, f"route {scores.route}")
    return Sample(
        at=time.time(),
        task=document.task,
        id=str(document.dataset_id),
        place=document.doc,
        cluster=document.cluster,
        status=status,
        truncated_while_thinking=cut_off,
        passed=False if failed and scored.passed is not None else scored.passed,
        prefix=document.prefix,
        prompt=document.prompt,
        output=first.output if first else "",
        reasoning=first.reasoning if first else "",
        finish_reason=first.finish_reason if first else "",
        tool_calls=first.tool_calls if first else (),
        dropped=tuple(sorted(sent.dropped)),
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
    """Return the worst status of the document's outputs."""
    found = {text.status for text in sent.texts}
    return next((status for status in _WORST_FIRST if status in found), "ok")


def _is_cut_off_thinking(text: Completion) -> bool:
    return text.status == "truncated" and (text.unfinished or not text.output.strip())


def _prompt_tokens(sent: Sent) -> int | None:
    counts = [text.prompt_tokens for text in sent.texts if text.prompt_tokens is not None]
    if sent.scores is not None and sent.scores.prompt_tokens:
        counts.append(sent.scores.prompt_tokens)
    return sum(counts) if counts else None
