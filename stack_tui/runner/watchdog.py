"""Names what a run has been waiting for once that takes far too long."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Finding

# Ten times a timeout is beyond all its retries, and beyond any slowness that a user would expect.
_TIMES = 10
_LOOK_S = 5.0


@dataclass(frozen=True)
class Wait:
    """What is waited for, as in "scoring document 3", in which task, and why it may take long."""

    task: str
    what: str
    cause: str


@dataclass(eq=False)
class _Running:
    timeout_s: float
    describe: Callable[[], Wait]
    waited_s: float = 0.0
    reported: bool = False


class Watchdog:
    """Emits a finding, once for each wait, when it takes ten times its timeout.

    While `is_paused` returns True no time counts.
    """

    def __init__(
        self,
        emit: Emit,
        is_paused: Callable[[], bool] = lambda: False,
        look_s: float = _LOOK_S,
    ) -> None:
        self._emit = emit
        self._is_paused = is_paused
        self._look_s = look_s
        self._running: dict[_Running, None] = {}

    @contextmanager
    def waiting(self, timeout_s: float, describe: Callable[[], Wait]) -> Iterator[None]:
        """Watch the block; `describe` is called only if it takes too long."""
        one = _Running(timeout_s, describe)
        self._running[one] = None
        try:
            yield
        finally:
            del self._running[one]

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(self._look_s)
            if self._is_paused():
                continue
            for one in tuple(self._running):
                one.waited_s += self._look_s
                if one.waited_s >= _TIMES * one.timeout_s and not one.reported:
                    one.reported = True
                    await self._emit(_stalled(one.describe(), one.waited_s))


def _stalled(wait: Wait, waited_s: float) -> Finding:
    return Finding(
        at=time.time(),
        check="stalled",
        task=wait.task,
        seen=f"{wait.what} has taken {timedelta(seconds=round(waited_s))} so far",
        cause=wait.cause,
    )
