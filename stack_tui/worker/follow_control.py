"""What runs beside the evaluation: following the control file and watching the server."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.metrics import read_metrics
from stack_tui.endpoints.retry import ONCE
from stack_tui.runs.events import Event, RunState, Server, StateChanged
from stack_tui.runs.store import Control, read_control

_POLL_S = 0.5
_METRICS_EVERY_S = 5.0
_STATES: dict[str, RunState] = {"run": "running", "pause": "paused", "stop": "stopping"}


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
            _follow(wanted, known, limits, stopping)
            state = _STATES[wanted.wanted]
            record(StateChanged(at=time.time(), state=state, concurrency=wanted.concurrency))
            known = wanted
        await asyncio.sleep(_POLL_S)


def _follow(
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


async def watch_server(client: Client, kind: str, record: Callable[[Event], None]) -> None:
    """Record the server's metrics every few seconds until cancelled; return if it has none."""
    async with Client(client.endpoint, url=client.url, policy=ONCE, limit=Limit(1)) as beside:
        while True:
            try:
                page = await beside.get_text("/metrics", root=True)
            except EndpointError as error:
                if error.status is not None:
                    return
            else:
                found = read_metrics(page.data, kind).items()
                metrics = {name: value for name, value in found if "_bucket_" not in name}
                record(Server(at=time.time(), metrics=metrics))
            await asyncio.sleep(_METRICS_EVERY_S)
