"""The concurrency of an endpoint: a fixed number of requests in flight, or one tuned to it."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from stack_tui.endpoints.endpoint_errors import EndpointError

# Shorter epochs hold too few requests of a fast server to measure its throughput within GAIN.
EPOCH_S = 0.2
# A quarter more concurrency must raise throughput by 8 %, well over an epoch's noise, to be kept.
GAIN = 1.08
# A quarter less may cost 4 % in all, not per step: steps down would otherwise add up.
LOSS = 1.04
# Between two trials: long enough that trials cost little, short enough to follow other load.
HELD_EPOCHS = 8


class Stopped(EndpointError):
    """The request was not sent, because the run is stopping."""

    def __init__(self) -> None:
        super().__init__("connection", "not sent: the run is stopping")


class Limit:
    """Slots for requests, first come first served; their number may change at any time.

    Unless `fixed`, the number climbs epoch by epoch while that raises throughput: it doubles at
    first and grows by a quarter later. An epoch lasts until as many requests have ended as may be
    in flight, and EPOCH_S at least. A step that gains less than GAIN is undone: by Little's law it
    only made requests wait inside the server. From then on, every HELD_EPOCHS, a quarter more or a
    quarter less is tried in turn, and a quarter less at once if throughput halves; less is kept as
    long as it costs less than LOSS in all. A failed request lowers the number, once an epoch, and
    for some time keeps it below the level of the failure. Not thread-safe.
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
        """Allow exactly `n` requests in flight from now on; None tunes the number again."""
        self.fixed = n
        self._trial = None
        self._held = 0
        self._set(n or self.current)

    def begin_at(self, start: int, maximum: int) -> None:
        """Start at `start` and never exceed `maximum`, unless the number is fixed."""
        self.maximum = self._ceiling = maximum
        if self.fixed is None:
            self._trial = None
            self._set(min(start, maximum))
            self._begin_epoch()

    def pause(self) -> None:
        """Give out no slots until `proceed`; requests in flight go on."""
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
        """Let no request be sent any more: whoever waits for a slot or a retry gets Stopped."""
        self._closed.set()
        for turn in (*self._waiting, *self._between_attempts):
            if not turn.done():
                turn.set_exception(Stopped())
        self._waiting.clear()
        self._between_attempts.clear()

    async def rest(self, wait_s: float) -> None:
        """Wait before a retry, holding the slot: `wait_s` seconds, and while paused.

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
        """Wait for a slot and hold it inside the block; raises Stopped once closed."""
        await self._acquire()
        try:
            yield
        finally:
            self._release()

    def note(self, ok: bool) -> None:
        """Note the end of a request; `ok` is False if the server was overloaded or gone."""
        if self.fixed is not None:
            return
        if not ok:
            self._back_off()
            return
        self._ended += 1
        self._saturated = self._saturated and bool(self._waiting)
        elapsed = self._clock() - self._began
        if self._ended >= self.current and elapsed >= EPOCH_S:
            if self._saturated:  # an epoch in which nothing waited says nothing of more slots
                self._judge(self._ended / elapsed)
            self._begin_epoch()

    def _back_off(self) -> None:
        if self._failed:
            return
        self._ceiling = self.current - 1
        # While it doubles, the level before was half of this one and worked; later it was 3/4.
        cut = self.current // 2 if self._doubling else self.current * 3 // 4
        self._doubling = False
        self._settle(max(1, cut))
        self._begin_epoch()
        self._failed = True

    def _judge(self, throughput: float) -> None:
        """Keep or undo the trial that this epoch measured, or start the next one."""
        if self._trial is None:
            self._held -= 1
            # Half the throughput at the same level means other load on the server, or that it
            # started to queue or swap: waiting HELD_EPOCHS would keep it overloaded.
            if throughput < self._usual / 2:
                self._try_down(throughput)
            elif self._held < 0:
                self._try_next(throughput)
            self._usual = throughput
            return
        level, before = self._trial
        if self.current > level and throughput >= before * GAIN:
            # Compared with this level from now on: each further step must pay for itself.
            self._try_up(throughput)
        elif self.current < level and throughput * LOSS >= before:
            # Still compared with the level before the first step down, or losses would add up.
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
            # Rises slowly with each attempt: the failure may have had another cause.
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
        # The other direction next: the best level may have moved either way.
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
