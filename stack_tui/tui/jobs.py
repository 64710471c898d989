"""Jobs in threads beside the screens, which never delay quitting."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from stack_tui.errors import StackError

T = TypeVar("T")


class Loop(Protocol):
    """Whatever calls functions in the thread of the screens: a Textual app."""

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call it there soon."""
        ...


def run(
    app: Loop,
    work: Callable[[], T],
    then: Callable[[T], object],
    failed: Callable[[StackError], object],
) -> None:
    """Do the work in a thread, then call `then` with its result or `failed` in the app's own."""

    def target() -> None:
        try:
            result = work()
        except StackError as error:
            hand_over(app, failed, error)
        except Exception as error:
            hand_over(app, _raise, error)
        else:
            hand_over(app, then, result)

    threading.Thread(target=target, daemon=True).start()


@dataclass(eq=False)
class _Job:
    work: Callable[[], Any]
    done: Callable[[Any], object]
    failed: Callable[[StackError], object]
    key: object
    label: str
    dropped: bool = False


class Jobs:
    """The jobs of the screens, called from the app's own thread alone.

    At most one job of a key runs at a time. A newer one waits for it, in the place of any other
    that waits; what the running one comes to is dropped then. So a key that is held down costs one
    thread, and a slow job never overwrites what a later one found. Changes of a file must all
    happen: without `overtake` jobs of a key run in turn, each to its end.
    """

    def __init__(self, loop: Loop, changed: Callable[[], object]) -> None:
        """`changed` is called whenever other jobs with a label are under way."""
        self._loop = loop
        self._changed = changed
        self._labelled: list[_Job] = []
        self._running: dict[object, _Job] = {}
        self._waiting: dict[object, list[_Job]] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the jobs under way, oldest first."""
        return tuple(job.label for job in self._labelled)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[StackError], object],
        *,
        key: object = None,
        overtake: bool = True,
        label: str = "",
    ) -> None:
        """Do the work in a thread, then call `done` with its result or `failed` here."""
        job = _Job(work, done, failed, key, label)
        if label:
            self._labelled.append(job)
            self._changed()
        if key is None:
            self._start(job)
        elif older := self._running.get(key):
            waiting = self._waiting.setdefault(key, [])
            if overtake:
                for each in (older, *waiting):
                    self._drop(each)
                waiting.clear()
            waiting.append(job)
        else:
            self._running[key] = job
            self._start(job)

    def give_up(self) -> str:
        """Drop the newest job with a label, and return the label; "" if there is none."""
        if not self._labelled:
            return ""
        job = self._labelled[-1]
        self._drop(job)
        return job.label

    def _start(self, job: _Job) -> None:
        run(
            self._loop,
            job.work,
            lambda result: self._end(job, job.done, result),
            lambda error: self._end(job, job.failed, error),
        )

    def _end(self, job: _Job, report: Callable[[Any], object], result: object) -> None:
        if not job.dropped:
            self._forget(job)
            report(result)
        if job.key is not None:
            del self._running[job.key]
            waiting = [each for each in self._waiting.pop(job.key, ()) if not each.dropped]
            if waiting:
                self._running[job.key] = waiting[0]
                self._waiting[job.key] = waiting[1:]
                self._start(waiting[0])

    def _drop(self, job: _Job) -> None:
        job.dropped = True
        self._forget(job)

    def _forget(self, job: _Job) -> None:
        if job in self._labelled:
            self._labelled.remove(job)
            self._changed()


class DaemonThreads(ThreadPoolExecutor):
    """A thread per call of an event loop: a slow name lookup delays no other call.

    The default pool has few threads, and the program waits for them when it ends.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        future: Future[T] = Future()

        def target() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    result = fn(*args, **kwargs)
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)

        threading.Thread(target=target, daemon=True).start()
        return future


class BackgroundJob:
    """Asynchronous work in its own thread; once cancelled, it reports nothing."""

    def __init__(
        self,
        app: Loop,
        work: Callable[[], Coroutine[Any, Any, T]],
        then: Callable[[T], object],
        failed: Callable[[StackError], object],
    ) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._is_off = False
        self._lock = threading.Lock()

        def unless_off(call: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda argument: None if self._is_off else call(argument)

        run(app, lambda: asyncio.run(self._do(work)), unless_off(then), unless_off(failed))

    def cancel(self) -> None:
        """Cancel the work; safe to call at any time, also after its end."""
        with self._lock:
            self._is_off = True
            if self._loop and self._task and not self._task.done():
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        with self._lock:
            if self._is_off:
                return None
            self._loop = asyncio.get_running_loop()
            self._loop.set_default_executor(DaemonThreads())
            self._task = task = asyncio.ensure_future(work())
        try:
            return await task
        except asyncio.CancelledError:
            return None
        finally:
            with self._lock:
                self._loop = None


def hand_over(app: Loop, call: Callable[..., object], *arguments: object) -> None:
    """Call it in the app's own thread, from any other; nothing happens once the app has quit."""
    with suppress(RuntimeError):
        app.call_later(call, *arguments)


def _raise(error: Exception) -> None:
    raise error
