"""How many requests an endpoint is given at once: a fixed number, or one that finds itself."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

EPOCH_S = 0.2
GAIN = 1.08
LOSS = 1.04
HELD_EPOCHS = 8


class Limit:
    """Slots for requests, first come first served, of a number that may change at any time.

    Left to itself the number climbs while that raises throughput, epoch by epoch (an epoch lasts
    until as many requests ended as may run at once, and EPOCH_S at least): doubling at first, by a
    quarter later. A step that brings less than GAIN is taken back, since by Little's law it only
    made requests wait inside the server. From then on every HELD_EPOCHS a quarter more or a quarter
    less is tried in turn, and less is kept where it costs less than LOSS. A failed request halves
    the number, once an epoch. Not for use from several threads.
    """

    def __init__(
        self,
        fixed: int | None = None,
        start: int = 4,
        maximum: int = 512,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fixed = fixed
        self.current = fixed or start
        self.maximum = maximum
        self.paused = False
        self.in_flight = 0
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._between_attempts: list[asyncio.Future[None]] = []
        self._doubling = True
        self._upward = True
        self._trial: tuple[int, float] | None = None
        self._held = 0
        self._failed = False
        self._saturated = True
        self._begin_epoch()

    def fix(self, n: int | None) -> None:
        """Allow exactly `n` at once from now on; None lets the number find itself again."""
        self.fixed = n
        self._trial = None
        self._held = 0
        self._set(n or self.current)

    def pause(self) -> None:
        """Give out no slots until `proceed`; what is in flight goes on."""
        self.paused = True

    def proceed(self) -> None:
        """Give out slots again."""
        self.paused = False
        self._begin_epoch()
        self._wake()
        while self._between_attempts:
            turn = self._between_attempts.pop()
            if not turn.done():
                turn.set_result(None)

    async def proceeding(self) -> None:
        """Wait while paused, holding a slot: for a request that is about to be sent again."""
        if self.paused:
            turn = asyncio.get_running_loop().create_future()
            self._between_attempts.append(turn)
            await turn

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot, and hold it inside the block."""
        await self._acquire()
        try:
            yield
        finally:
            self._release()

    def note(self, ok: bool) -> None:
        """Take note of a request's end; `ok` is False where the server was overloaded or gone."""
        if self.fixed is not None:
            return
        if not ok:
            self._back_off()
            return
        self._ended += 1
        self._saturated = self._saturated and bool(self._waiting)
        elapsed = self._clock() - self._began
        if self._ended >= self.current and elapsed >= EPOCH_S:
            if self._saturated:
                self._judge(self._ended / elapsed)
            self._begin_epoch()

    def _back_off(self) -> None:
        if self._failed:
            return
        self._doubling = False
        self._settle(max(1, self.current // 2))
        self._begin_epoch()
        self._failed = True

    def _judge(self, throughput: float) -> None:
        if self._trial is None:
            self._held -= 1
            if self._held < 0:
                self._try_next(throughput)
            return
        level, before = self._trial
        if self.current > level and throughput >= before * GAIN:
            self._try_up(throughput)
        elif self.current < level and throughput * LOSS >= before:
            self._settle(self.current)
        else:
            self._doubling = False
            self._settle(level)

    def _try_next(self, throughput: float) -> None:
        if self._upward:
            self._try_up(throughput)
        else:
            self._try_at(max(1, self.current - max(1, self.current // 4)), throughput)

    def _try_up(self, throughput: float) -> None:
        step = self.current if self._doubling else max(1, self.current // 4)
        self._try_at(min(self.maximum, self.current + step), throughput)

    def _try_at(self, level: int, throughput: float) -> None:
        if level == self.current:
            self._settle(level)
            return
        self._trial = (self.current, throughput)
        self._set(level)

    def _settle(self, level: int) -> None:
        self._trial = None
        self._held = HELD_EPOCHS
        self._upward = not self._upward
        self._set(level)

    def _begin_epoch(self) -> None:
        self._began = self._clock()
        self._ended = 0
        self._failed = False
        self._saturated = True

    def _set(self, n: int) -> None:
        self.current = n
        self._wake()

    def _open(self) -> bool:
        return not self.paused and self.in_flight < self.current

    async def _acquire(self) -> None:
        if not self._waiting and self._open():
            self.in_flight += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            else:
                self._waiting.remove(turn)
            raise

    def _release(self) -> None:
        self.in_flight -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._open():
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_flight += 1
                turn.set_result(None)
