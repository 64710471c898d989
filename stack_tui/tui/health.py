"""Asking the endpoints how they are, each at its own pace, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from stack_tui.config import Endpoint

if TYPE_CHECKING:
    from stack_tui.endpoints.health import Health

_UP_EVERY_S = 10.0
_OTHERWISE_EVERY_S = 4.0
_DISCOVER_EVERY_S = 30.0


class HealthWatch:
    """Keeps asking the watched endpoints; one that hangs delays no other.

    `report` gets each answer, `found` what answers on the well-known local ports; both are called
    from the thread that `run` blocks.
    """

    def __init__(
        self,
        report: Callable[[Endpoint, Health], object],
        found: Callable[[list[Health]], object],
    ) -> None:
        self._report = report
        self._found = found
        self._wanted: frozenset[Endpoint] = frozenset()
        self._asking: dict[Endpoint, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, endpoints: Iterable[Endpoint]) -> None:
        """Ask these endpoints and no others from now on; callable from any thread."""
        if (wanted := frozenset(endpoints)) != self._wanted:
            self._wanted = wanted
            self._call(self._changed.set)

    def ask_again(self) -> None:
        """Ask all of them now; callable from any thread."""
        self._call(self._restart)

    def run(self) -> None:
        """Ask until the process ends."""
        asyncio.run(self._serve())

    def _call(self, function: Callable[[], object]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    def _restart(self) -> None:
        for task in self._asking.values():
            task.cancel()
        self._asking.clear()
        self._changed.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._discover())
            while True:
                self._changed.clear()
                for endpoint in self._asking.keys() - self._wanted:
                    self._asking.pop(endpoint).cancel()
                for endpoint in self._wanted - self._asking.keys():
                    self._asking[endpoint] = group.create_task(self._ask(endpoint))
                await self._changed.wait()

    async def _ask(self, endpoint: Endpoint) -> None:
        from stack_tui.endpoints.probe import check

        known = ""
        while True:
            health = await check(endpoint, known)
            known = health.server_kind
            self._report(endpoint, health)
            await asyncio.sleep(_UP_EVERY_S if health.state == "up" else _OTHERWISE_EVERY_S)

    async def _discover(self) -> None:
        from stack_tui.endpoints.probe import discover

        while True:
            self._found(await discover())
            await asyncio.sleep(_DISCOVER_EVERY_S)
