"""Work beside the screens, in threads that never hold up leaving."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from stack_tui.errors import StackError

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")


def run(
    app: "App[Any]",
    work: Callable[[], T],
    then: Callable[[T], object],
    failed: Callable[[StackError], object],
) -> None:
    """Do the work in a thread, then call `then` with its result or `failed` in the app's own."""

    def target() -> None:
        try:
            result = work()
        except StackError as error:
            _hand_over(app, failed, error)
        except Exception as error:
            _hand_over(app, _raise, error)
        else:
            _hand_over(app, then, result)

    threading.Thread(target=target, daemon=True).start()


class DaemonThreads(ThreadPoolExecutor):
    """A thread for each call of an event loop: a name that is not found holds up nobody else.

    The usual pool has few threads, and waits for them when the program is left.
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
    """Asynchronous work in a thread of its own, which can be called off; then nobody is told."""

    def __init__(
        self,
        app: "App[Any]",
        work: Callable[[], Coroutine[Any, Any, T]],
        then: Callable[[T], object],
        failed: Callable[[StackError], object],
    ) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._is_off = False
        self._lock = threading.Lock()

        def told(call: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda argument: None if self._is_off else call(argument)

        run(app, lambda: asyncio.run(self._do(work)), told(then), told(failed))

    def cancel(self) -> None:
        """Call the work off; callable at any time, also when it is done."""
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


def _hand_over(app: "App[Any]", call: Callable[[Any], object], argument: object) -> None:
    with suppress(RuntimeError):  # the app was left meanwhile
        app.call_later(call, argument)


def _raise(error: Exception) -> None:
    raise error
