"""Poll the endpoints, each at its own pace, in one thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
    """What the poller calls with what it finds, from the thread that `run` blocks."""

    answered: Callable[[Health], object]
    measured: Callable[[Endpoint, Load], object]
    found: Callable[[list[Health]], object]
    gpus: Callable[[Gpus], object]


class EndpointPoller:
    """Polls the watched endpoints; one that hangs delays no other."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._wanted: frozenset[Endpoint] = frozenset()
        self._polling: dict[Endpoint, asyncio.Task[None]] = {}
        self._found: frozenset[Endpoint] = frozenset()
        self._just_found: dict[Endpoint, Health] = {}
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = False

    def watch(self, endpoints: Iterable[Endpoint]) -> None:
        """Poll these endpoints and no others from now on; callable from any thread."""
        if (wanted := frozenset(endpoints)) != self._wanted:
            self._wanted = wanted
            self._call(self._changed.set)

    def poll_now(self) -> None:
        """Poll all of them now; callable from any thread."""
        self._call(self._restart)

    def run(self) -> None:
        """Poll until `stop` is called."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """End `run`; callable from any thread."""
        self._stopped = True
        self._call(self._changed.set)

    def _call(self, function: Callable[[], object]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    def _restart(self) -> None:
        for task in self._polling.values():
            task.cancel()
        self._polling.clear()
        self._changed.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(DaemonThreads())
        async with asyncio.TaskGroup() as group:
            always = [group.create_task(self._discover()), group.create_task(self._read_gpus())]
            while not self._stopped:
                self._changed.clear()
                for endpoint in self._polling.keys() - self._wanted:
                    self._polling.pop(endpoint).cancel()
                for endpoint in self._wanted - self._polling.keys():
                    self._polling[endpoint] = group.create_task(self._poll(endpoint))
                await self._changed.wait()
            for task in (*always, *self._polling.values()):
                task.cancel()

    async def _poll(self, endpoint: Endpoint) -> None:
        """Poll the endpoint's health, and its load while it is up."""
        from stack_tui.endpoints.probe import check

        known = ""
        history = LoadHistory()
        # Discovery has just checked what it found: the first check is spared.
        health = self._just_found.pop(endpoint, None)
        while True:
            health = health or await check(endpoint, known)
            known = health.server_kind
            self._reports.answered(health)
            if health.state != "up":
                await asyncio.sleep(_OTHERWISE_EVERY_S)
            else:
                until = time.monotonic() + _UP_EVERY_S
                while time.monotonic() < until:
                    await self._measure(endpoint, health, history)
                    await asyncio.sleep(_MEASURE_EVERY_S)
            health = None

    async def _measure(self, endpoint: Endpoint, health: Health, history: LoadHistory) -> None:
        from stack_tui.endpoints.endpoint_errors import EndpointError
        from stack_tui.endpoints.foreign_data import foreign_data
        from stack_tui.endpoints.health import side_client
        from stack_tui.endpoints.kinds.known_kinds import kind_named
        from stack_tui.endpoints.metrics import read_metrics

        try:
            async with side_client(endpoint, health.url, _MEASURE_EVERY_S) as client:
                page = await client.get_text("/metrics", root=True)
            with foreign_data():
                metrics = read_metrics(page.data, health.server_kind)
                load = history.add(time.time(), metrics) if metrics else None
            if load:
                self._reports.measured(endpoint, load)
        except EndpointError as error:
            kind = kind_named(health.server_kind)
            if kind and kind.metrics_flag and error.status in (404, 501):
                note = f"start it with {kind.metrics_flag} to see its load"
                self._reports.measured(endpoint, Load(note=note))
            return  # the next health check explains any other error better

    async def _discover(self) -> None:
        """Look for servers on the local ports, but for those of endpoints that are asked anyway."""
        from stack_tui.endpoints.probe import LOCAL_PORTS, discover

        while True:
            taken = set(filter(None, map(_local_port, self._wanted - self._found)))
            found = await discover([port for port in LOCAL_PORTS if port not in taken])
            self._found = frozenset(health.endpoint for health in found)
            new = self._found - self._polling.keys()
            self._just_found = {each.endpoint: each for each in found if each.endpoint in new}
            self._reports.found(found)
            await asyncio.sleep(_DISCOVER_EVERY_S)

    async def _read_gpus(self) -> None:
        """Read the GPUs every few seconds; only once if there are none."""
        from stack_tui.endpoints.gpu import read_gpus

        while True:
            gpus = await asyncio.to_thread(read_gpus)
            self._reports.gpus(gpus)
            if not gpus.gpus:
                return
            await asyncio.sleep(_MEASURE_EVERY_S)


def _local_port(endpoint: Endpoint) -> int | None:
    """Return the port on this machine that the endpoint is at, None if it is elsewhere."""
    url = urlsplit(endpoint.url)
    return url.port if url.hostname in ("127.0.0.1", "localhost", "::1") else None
