"""A server in virtual time: how a Limit would do against it, without waiting for anything."""

import asyncio
import heapq

from stack_tui.endpoints.limit import Limit


class SimulatedServer:
    """Serves `capacity` requests at once, each for `service_s`; further ones wait in its queue.

    A request beyond `refuses_over` in flight fails at once.
    """

    def __init__(
        self, capacity: int, service_s: float = 0.5, refuses_over: int | None = None
    ) -> None:
        self.now = 0.0
        self.service_s = service_s
        self.refuses_over = refuses_over
        self.served = 0
        self.in_flight = 0
        self._free_at = [0.0] * capacity
        self._ends: list[tuple[float, int, asyncio.Future[bool]]] = []
        self._count = 0

    async def serve(self) -> bool:
        """Wait, in virtual time, for an answer; False where it was refused."""
        self.in_flight += 1
        self._count += 1
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self.refuses_over is not None and self.in_flight > self.refuses_over:
            heapq.heappush(self._ends, (self.now + 0.01, -self._count, answer))
        else:
            begin = max(self.now, heapq.heappop(self._free_at))
            heapq.heappush(self._free_at, begin + self.service_s)
            heapq.heappush(self._ends, (begin + self.service_s, self._count, answer))
        return await answer

    def advance(self) -> None:
        """Let time pass until the next request ends."""
        self.now, number, answer = heapq.heappop(self._ends)
        self.in_flight -= 1
        self.served += number > 0
        if not answer.done():
            answer.set_result(number > 0)

    def resize(self, capacity: int) -> None:
        """Take that many requests at once from now on."""
        self._free_at = [max(self._free_at)] * capacity

    @property
    def idle(self) -> bool:
        """Whether nothing is being served."""
        return not self._ends


async def run(limit: Limit, server: SimulatedServer, seconds: float) -> list[int]:
    """Keep the server asked for so many virtual seconds; return the limit at every change."""

    async def ask_again_and_again() -> None:
        while True:
            async with limit.slot():
                limit.note(await server.serve())

    levels = [limit.current]
    end = server.now + seconds
    tasks = [asyncio.create_task(ask_again_and_again()) for _ in range(limit.maximum + 1)]
    while server.now < end:
        for _ in range(3):
            await asyncio.sleep(0)
        server.advance()
        if limit.current != levels[-1]:
            levels.append(limit.current)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return levels
