"""Examine an endpoint: its health and capabilities, or what is wrong with it."""

import asyncio

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.capabilities import Capabilities, probe
from stack_tui.endpoints.connect import connect
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.health import Health
from stack_tui.endpoints.probe import preflight
from stack_tui.endpoints.retry import ONCE
from stack_tui.errors import Failure


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result for one endpoint; `health` and `abilities` are None if it cannot be used."""

    name: str
    url: str
    health: Health | None = None
    abilities: Capabilities | None = None
    failure: Failure | None = None


async def probe_endpoint(endpoint: Endpoint) -> Capabilities:
    """Return what the endpoint can do; raises EndpointError if no run can start on it."""
    async with connect(endpoint, policy=ONCE) as client:
        await preflight(client)
        return await probe(client)


async def examine(endpoint: Endpoint, within_s: float | None = None) -> ProbeResult:
    """Return the endpoint's health and capabilities, by some twenty small requests; never raises.

    After `within_s` seconds the result is a timeout.
    """
    health = None
    try:
        async with asyncio.timeout(within_s), connect(endpoint, policy=ONCE) as client:
            health = await preflight(client)
            abilities = await probe(client)
        return ProbeResult(name=endpoint.name, url=endpoint.url, health=health, abilities=abilities)
    except EndpointError as error:
        failure = error.failure()
    except TimeoutError:
        remedy = "A server under load answers slowly. See its log."
        what = f"not finished within {within_s:g} s"
        failure = EndpointError("timeout", what, remedy=remedy).failure()
    return ProbeResult(name=endpoint.name, url=endpoint.url, health=health, failure=failure)


def describe(abilities: Capabilities) -> list[tuple[str, list[str]]]:
    """Return rows of what it can do, what it cannot and what is unclear, without empty rows."""
    names: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for name, value in msgspec.structs.asdict(abilities).items():
        readable = name.replace("_", " ")
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            names[True].append(f"{readable} ({value})")
        else:
            names[None if value is None else bool(value)].append(readable)
    rows = (("can", names[True]), ("cannot", names[False]), ("unclear", names[None]))
    return [(title, listed) for title, listed in rows if listed]
