"""The one request engine: jobs in, events out, bounded and stoppable, for every kind of run."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Limit, Stopped
from stack_tui.errors import Failure
from stack_tui.internal_error import internal_failure
from stack_tui.runner.stream import Emit, EndRun
from stack_tui.runner.watchdog import Wait, Watchdog
from stack_tui.runs.events import Sample

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """The work for one sample.

    `run` returns the sample, or None if it has handed the work on. It raises EndpointError for a
    request that failed for good, Stopped for one that was not sent, and EndRun to end the run.
    `failed` returns the sample of a job that failed; it must not fail itself.
    """

    run: Callable[[], Awaitable[Sample | None]]
    failed: Callable[[Failure], Sample]


class JobSource(Protocol):
    """Where an engine gets its jobs."""

    async def next(self) -> Job | None:
        """Return the next job, None when there are no more; may wait for one."""
        ...

    def stop(self) -> None:
        """Return None from `next` from now on, also to a caller that already waits."""
        ...


class ListedJobs:
    """Jobs that are all known from the start."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = iter(jobs)
        self._stopped = False

    async def next(self) -> Job | None:
        """Return the next job, None when there are no more."""
        return None if self._stopped else next(self._jobs, None)

    def stop(self) -> None:
        """Return no more jobs."""
        self._stopped = True


class RequestEngine:
    """Runs jobs side by side, `room()` of them at most, and emits the sample of each.

    By default there is room for enough jobs to keep requests waiting at every limit, though some
    jobs wait at another one: a sample goes to the model first and to the judges later.
    Once `stopping` is set, all limits are closed: no request is sent any more, requests in flight
    are finished, and jobs that still need a request end without a sample. Any other exception than
    EndpointError in a job becomes its sample's failure, of kind `internal`, and the run goes on.
    A job that takes ten times `timeout_s`, the timeout of one request, is named by a finding.
    """

    def __init__(
        self,
        limits: Sequence[Limit],
        stopping: asyncio.Event,
        emit: Emit,
        *,
        timeout_s: float,
        room: Callable[[], int] | None = None,
    ) -> None:
        self._limits = limits
        self._stopping = stopping
        self._emit = emit
        self._room = room or self._enough
        self._timeout_s = timeout_s
        self._watchdog = Watchdog(emit, lambda: any(limit.paused for limit in limits))
        self._running = 0
        self._left = asyncio.Event()

    async def run(self, jobs: JobSource) -> None:
        """Run the jobs until the last one has ended, or until a stop; raises what EndRun holds."""
        async with asyncio.TaskGroup() as group:
            closing = group.create_task(self._close_once_stopping(jobs))
            watching = group.create_task(self._watchdog.run())
            await self._run_all(jobs)
            closing.cancel()
            watching.cancel()

    async def _run_all(self, jobs: JobSource) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                while self._running >= self._room():
                    self._left.clear()
                    await self._left.wait()
                job = await jobs.next()
                if job is None:
                    return
                self._running += 1
                group.create_task(self._do(job))

    def _enough(self) -> int:
        return 2 * sum(limit.current for limit in self._limits) + 8

    async def _do(self, job: Job) -> None:
        try:
            with self._watchdog.waiting(self._timeout_s, partial(_wait_for, job)):
                sample = await self._outcome(job)
            if sample is not None:
                await self._emit(sample)
        finally:
            self._running -= 1
            self._left.set()

    async def _outcome(self, job: Job) -> Sample | None:
        try:
            return await job.run()
        except Stopped:
            return None
        except EndpointError as error:
            return job.failed(error.failure())
        except EndRun:
            raise
        except (
            Exception
        ) as error:  # the one place for the unforeseen: it costs a sample, not the run
            return job.failed(internal_failure(error))

    async def _close_once_stopping(self, jobs: JobSource) -> None:
        await self._stopping.wait()
        jobs.stop()
        for limit in self._limits:
            limit.close()


def _wait_for(job: Job) -> Wait:
    sample = job.failed(Failure(kind="timeout", message=""))
    return Wait(
        task=sample.task,
        what=f"answering {sample.name}",
        cause="The server is very slow, or fails and is asked again. The run goes on; if you stop"
        " it, what was answered stays.",
    )


async def gather_all(requests: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results of a job's requests; raise the first exception once all have ended.

    The answers of the others are recorded by then, and none goes on behind the job's back.
    """
    found = await asyncio.gather(*requests, return_exceptions=True)
    results: list[T] = []
    for each in found:
        if isinstance(each, BaseException):
            raise each
        results.append(each)
    return results
