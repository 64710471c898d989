"""How many requests an endpoint is given at once: a fixed number, or one that finds itself."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from stack_tui.endpoints.endpoint_errors import EndpointError

EPOCH_S = 0.2
GAIN = 1.08
LOSS = 1.04
HELD_EPOCHS = 8


class Stopped(EndpointError):
    """No request is sent any more: the run ends with what is in flight."""

    def __init__(self) -> None:
        super().__init__("connection", "not sent: the run is stopping")


class Limit:
    """Slots for requests, first come first served, of a number that may change at any time.

    Left to itself the number climbs while that raises throughput, epoch by epoch (an epoch lasts
    until as many requests ended as may run at once, and EPOCH_S at least): doubling at first, by a
    quarter later. A step that brings less than GAIN is taken back, since by Little's law it only
    made requests wait inside the server. From then on every HELD_EPOCHS a quarter more or a quarter
    less is tried in turn, and at once less where throughput fell to half; less is kept as long as
    that costs less than LOSS in all. A failed request lowers the number, once an epoch, and keeps
    it below where that happened for some time. Not for use from several threads.
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
        self._closed = asyncio.Event()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._between_attempts: list[asyncio.Future[None]] = []
        self._doubling = True
        self._upward = True
        self._ceiling = maximum
        self._trial: tuple[int, float] | None = None
        self._held = 0
        self._usual = 0.0
        self._failed = False
        self._saturated = True
        self._begin_epoch()

    def fix(self, n: int | None) -> None:
        """Allow exactly `n` at once from now on; None lets the number find itself again."""
        self.fixed = n
        self._trial = None
        self._held = 0
        self._set(n or self.current)

    def begin_at(self, start: int, maximum: int) -> None:
        """Begin at `start` and never allow more than `maximum`, unless the number is fixed."""
        self.maximum = self._ceiling = maximum
        if self.fixed is None:
            self._trial = None
            self._set(min(start, maximum))
            self._begin_epoch()

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

    def close(self) -> None:
        """Have nothing sent any more: who waits for a slot or to send again gets Stopped."""
        self._closed.set()
        for turn in (*self._waiting, *self._between_attempts):
            if not turn.done():
                turn.set_exception(Stopped())
        self._waiting.clear()
        self._between_attempts.clear()

    async def rest(self, wait_s: float) -> None:
        """Wait so long, and while paused, holding a slot: for a request to be sent again.

        Raises Stopped once closed.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), wait_s)
        if self._closed.is_set():
            raise Stopped
        if self.paused:
            turn = asyncio.get_running_loop().create_future()
            self._between_attempts.append(turn)
            await turn

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot, and hold it inside the block; raises Stopped once closed."""
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
        self._ceiling = self.current - 1
        cut = self.current // 2 if self._doubling else self.current * 3 // 4
        self._doubling = False
        self._settle(max(1, cut))
        self._begin_epoch()
        self._failed = True

    def _judge(self, throughput: float) -> None:
        if self._trial is None:
            self._held -= 1
            if throughput < self._usual / 2:
                self._try_down(throughput)
            elif self._held < 0:
                self._try_next(throughput)
            self._usual = throughput
            return
        level, before = self._trial
        if self.current > level and throughput >= before * GAIN:
            self._try_up(throughput)
        elif self.current < level and throughput * LOSS >= before:
            self._try_down(before)
        else:
            self._doubling = False
            self._settle(level)

    def _try_next(self, throughput: float) -> None:
        if self._upward:
            self._try_up(throughput)
        else:
            self._try_down(throughput)

    def _try_up(self, throughput: float) -> None:
        step = self.current if self._doubling else max(1, self.current // 4)
        level = min(self.maximum, self.current + step)
        if level > self._ceiling:
            level = max(self.current, self._ceiling)
            self._ceiling += max(1, self._ceiling // 16)
        self._try_at(level, throughput)

    def _try_down(self, throughput: float) -> None:
        self._try_at(max(1, self.current - max(1, self.current // 4)), throughput)

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
        if self._closed.is_set():
            raise Stopped
        if not self._waiting and self._open():
            self.in_flight += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self._release()
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
