"""Asking the endpoints how they are, each at its own pace, in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack_tui.config.decode import Endpoint
from stack_tui.tui.jobs import DaemonThreads
from stack_tui.tui.state.metrics_history import Load, LoadHistory

if TYPE_CHECKING:
    from stack_tui.endpoints.gpu import Gpus
    from stack_tui.endpoints.health import Health

_UP_EVERY_S = 10.0
_OTHERWISE_EVERY_S = 4.0
_MEASURE_EVERY_S = 5.0
_DISCOVER_EVERY_S = 30.0


@dataclass(frozen=True)
class Reports:
    """Who is told what the watch finds; called from the thread that `run` blocks."""

    answered: Callable[[Endpoint, Health], object]
    measured: Callable[[Endpoint, Load], object]
    found: Callable[[list[Health]], object]
    gpus: Callable[[Gpus], object]


class EndpointPoller:
    """Keeps asking the watched endpoints; one that hangs delays no other."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
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
        self._loop.set_default_executor(DaemonThreads())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._discover())
            group.create_task(self._read_gpus())
            while True:
                self._changed.clear()
                for endpoint in self._asking.keys() - self._wanted:
                    self._asking.pop(endpoint).cancel()
                for endpoint in self._wanted - self._asking.keys():
                    self._asking[endpoint] = group.create_task(self._ask(endpoint))
                await self._changed.wait()

    async def _ask(self, endpoint: Endpoint) -> None:
        """Ask how the endpoint is, and while it is up how busy."""
        from stack_tui.endpoints.probe import check

        known = ""
        history = LoadHistory()
        while True:
            health = await check(endpoint, known)
            known = health.server_kind
            self._reports.answered(endpoint, health)
            if health.state != "up":
                await asyncio.sleep(_OTHERWISE_EVERY_S)
                continue
            until = time.monotonic() + _UP_EVERY_S
            while time.monotonic() < until:
                await self._measure(endpoint, health, history)
                await asyncio.sleep(_MEASURE_EVERY_S)

    async def _measure(self, endpoint: Endpoint, health: Health, history: LoadHistory) -> None:
        from stack_tui.endpoints.endpoint_errors import EndpointError
        from stack_tui.endpoints.health import beside
        from stack_tui.endpoints.kinds import kind_named
        from stack_tui.endpoints.metrics import read_metrics

        try:
            async with beside(endpoint, health.url, _MEASURE_EVERY_S) as client:
                page = await client.get_text("/metrics", root=True)
        except EndpointError as error:
            kind = kind_named(health.server_kind)
            if kind and kind.metrics_flag and error.status in (404, 501):
                note = f"tells how busy it is when it is started with {kind.metrics_flag}"
                self._reports.measured(endpoint, Load(note=note))
            return  # of anything else the next check tells more
        if metrics := read_metrics(page.data, health.server_kind):
            self._reports.measured(endpoint, history.add(time.time(), metrics))

    async def _discover(self) -> None:
        from stack_tui.endpoints.probe import discover

        while True:
            self._reports.found(await discover())
            await asyncio.sleep(_DISCOVER_EVERY_S)

    async def _read_gpus(self) -> None:
        """Read the GPUs now and then; where there are none, once."""
        from stack_tui.endpoints.gpu import read_gpus

        while True:
            gpus = await asyncio.to_thread(read_gpus)
            self._reports.gpus(gpus)
            if not gpus.gpus:
                return
            await asyncio.sleep(_MEASURE_EVERY_S)
