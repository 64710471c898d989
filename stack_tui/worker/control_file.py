"""Follow what people want of a run: by its control file, or by signals to its worker."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from stack_tui.endpoints.limit import Limit
from stack_tui.runner.stopping import unless_stopped
from stack_tui.runs.events import Event, RunState, StateChanged
from stack_tui.runs.store import Control, read_control

T = TypeVar("T")

_POLL_S = 0.5
_STATES: dict[str, RunState] = {"run": "running", "pause": "paused", "stop": "stopping"}


def stop_on_signals(stopping: asyncio.Event) -> None:
    """Set `stopping` on SIGTERM and SIGINT; a closed terminal stops nothing."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)


async def unless_stop_is_wanted(
    folder: Path, stopping: asyncio.Event, work: Coroutine[Any, Any, T]
) -> T:
    """Return the work's result; raises Stopped once the control file or a signal wants a stop."""

    async def follow() -> None:
        while not stopping.is_set():
            await asyncio.sleep(_POLL_S)
            if read_control(folder).wanted == "stop":
                stopping.set()

    following = asyncio.create_task(follow())
    try:
        return await unless_stopped(stopping, work)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def follow_control(
    folder: Path,
    limits: Sequence[Limit],
    stopping: asyncio.Event,
    record: Callable[[Event], None],
) -> None:
    """Apply the run's control file until cancelled: pause, proceed, stop, change concurrency.

    A stop only sets `stopping`: the request engine closes the limits, paused or not.
    """
    known = Control()
    while True:
        wanted = read_control(folder, known)
        if wanted != known and not stopping.is_set():
            _apply(wanted, known, limits, stopping)
            state = _STATES[wanted.wanted]
            record(StateChanged(at=time.time(), state=state, concurrency=wanted.concurrency))
            known = wanted
        await asyncio.sleep(_POLL_S)


def _apply(
    wanted: Control, known: Control, limits: Sequence[Limit], stopping: asyncio.Event
) -> None:
    if limits and wanted.concurrency != known.concurrency:
        limits[0].fix(wanted.concurrency)
    if wanted.wanted == "stop":
        stopping.set()
        return
    for limit in limits:
        if wanted.wanted == "pause":
            limit.pause()
        else:
            limit.proceed()
