"""The last stage: answers to lm-eval, and its metrics to samples."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial

from stack_tui.benchmarks.document_samples import failed_sample, scored_sample
from stack_tui.benchmarks.harness.harness_client import HarnessError, HarnessProcess
from stack_tui.benchmarks.harness.protocol import Answered, Scored
from stack_tui.benchmarks.request_scoring import Sent
from stack_tui.benchmarks.sanity import Sanity
from stack_tui.errors import Failure
from stack_tui.internal_error import internal_failure
from stack_tui.runner.stopping import unless_stopped
from stack_tui.runner.stream import Emit, EndRun, Stream
from stack_tui.runner.watchdog import Wait, Watchdog
from stack_tui.runs.events import Finding, Sample, SampleKey

# Answers may be this far ahead of their scores: lm-eval scores between two batches of prompts.
_UNSCORED = 4096
# A document is scored within milliseconds, by the model's own program within seconds.
SCORING_TIMEOUT_S = 30.0
# A metric that raises on this many documents in a row raises on all of them.
_FAILED_IN_A_ROW = 32


class ScoreStage:
    """Has lm-eval score the answered documents; it scores them in the order they were sent."""

    def __init__(
        self,
        harness: HarnessProcess,
        checks: Sanity,
        done: Mapping[SampleKey, Sample],
        stopping: asyncio.Event,
        watchdog: Watchdog,
        emit: Emit,
    ) -> None:
        self._harness = harness
        self._stopping = stopping
        self._watchdog = watchdog
        self._checks = checks
        self._done = done
        self._emit = emit
        self._unscored: Stream[Sent] = Stream(_UNSCORED)
        self._failed_in_a_row = 0
        self._redrawn: set[str] = set()

    async def submit(self, sent: Sent) -> None:
        """Send the document's answers to be scored; raises Stopped if a stop comes before."""
        if self._unscored.is_full:
            await unless_stopped(self._stopping, self._hand_over(sent))
        else:
            await self._hand_over(sent)

    async def _hand_over(self, sent: Sent) -> None:
        await self._unscored.send(sent)
        # Nothing is awaited in between: lm-eval gets the answers in the order of the stream.
        document = sent.prepared.document
        self._harness.send(Answered(task=document.task, doc=document.doc, values=sent.values))

    def close(self) -> None:
        """End the stage after what has been submitted."""
        self._unscored.close()

    async def run(self, scores: Stream[Scored]) -> bool:
        """Emit a sample for each answered document, unless the journal has it already.

        Returns whether there was any.
        """
        answered = False
        async for sent in self._unscored:
            answered = True
            with self._watchdog.waiting(SCORING_TIMEOUT_S, partial(_wait_for_score, sent)):
                scored = await anext(scores)
            sample = self._sample(sent, scored)
            earlier = self._done.get(sample.key)
            if earlier and _is_redrawn(earlier, sample) and sample.task not in self._redrawn:
                self._redrawn.add(sample.task)
                await self._emit(_redrawn_finding(sample))
            # A metric that draws at random has graded anew: its sample follows the final scores.
            known = earlier and not sent.requests and earlier.metrics == sample.metrics
            if not known:
                await self._emit(sample)
            for finding in self._checks.add(sample, sent.changes):
                if not known:
                    await self._emit(finding)
        return answered

    def _sample(self, sent: Sent, scored: Scored) -> Sample:
        document, flags = sent.prepared.document, sent.flags
        if (scored.task, scored.doc) != (document.task, document.doc):
            raise HarnessError(
                f"lm-eval scored document {scored.doc} of {scored.task} out of turn",
                where=document.task,
                remedy="Resume the run. If it happens again, report it.",
            )
        if scored.failure is not None:
            return self._failed(sent, scored.failure)
        self._failed_in_a_row = 0
        try:
            return scored_sample(sent, scored)
        except Exception as error:
            return failed_sample(document, internal_failure(error), flags=flags)

    def _failed(self, sent: Sent, failure: Failure) -> Sample:
        self._failed_in_a_row += 1
        document = sent.prepared.document
        if self._failed_in_a_row >= _FAILED_IN_A_ROW:
            raise EndRun(
                HarnessError(
                    f"lm-eval cannot score any of {self._failed_in_a_row} documents in a row: "
                    f"{failure.message}",
                    where=document.task,
                    remedy="worker.log holds the stack.",
                )
            )
        return failed_sample(document, failure, flags=sent.flags)


def _wait_for_score(sent: Sent) -> Wait:
    document = sent.prepared.document
    return Wait(
        task=document.task,
        what=f"scoring document {document.dataset_id}",
        cause="The task's own code is busy or stuck; worker.log holds what it printed. If you stop"
        " the run, the answers stay, and `resume` scores them.",
    )


def _is_redrawn(earlier: Sample, sample: Sample) -> bool:
    """Return whether the sample is of another document than the earlier one of its key."""
    return bool(earlier.document) and earlier.document != sample.document


def _redrawn_finding(sample: Sample) -> Finding:
    return Finding(
        at=time.time(),
        check="documents",
        task=sample.task,
        seen=f"document {sample.id} is another one than before the run was interrupted",
        cause="The task draws its documents at random whenever it is loaded. Those that changed"
        " were asked again, and replace the earlier ones.",
        level="note",
    )
