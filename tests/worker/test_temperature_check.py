"""A run that depends on its temperatures does not start where they are refused."""

import asyncio
from typing import Any

import pytest

from stack_tui.errors import StackError
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.worker.temperature_check import refuse_ignored_temperatures
from tests.endpoints.asking import client, endpoint
from tests.fakes import Asked, FakeServer, Respond
from tests.fakes.replies import Reply
from tests.suites.suites import suite


def only_one(asked: Asked) -> Reply:
    """Refuse any temperature but 1."""
    if asked.body.get("temperature", 1) != 1:
        return Respond(400, {"error": "invalid temperature: only 1 is allowed for this model"})
    return "Hello."


def check(server: FakeServer, *temperatures: float, **more: Any) -> None:
    async def run() -> None:
        asked = endpoint(server)
        subject = SuiteSubject(name="tiny", path="tiny.toml", sha256="0")
        spec = RunSpec(
            id="r", created="", endpoint=asked, subject=subject, temperatures=temperatures, **more
        )
        async with client(server) as opened:
            await refuse_ignored_temperatures(opened, server.model, spec, suite(top_p=0.9))

    asyncio.run(run())


def test_several_temperatures_are_refused_where_one_of_them_is() -> None:
    with (
        FakeServer(replies=only_one) as server,
        pytest.raises(StackError, match="refuses temperature 0") as caught,
    ):
        check(server, 1.0, 0.0)
    assert "one temperature" in caught.value.remedy


def test_the_noise_floor_is_refused_where_temperature_0_is() -> None:
    with (
        FakeServer(replies=only_one) as server,
        pytest.raises(StackError, match="noise floor"),
    ):
        check(server, 0.0, noise=True)


def test_temperatures_that_the_server_takes_are_let_through() -> None:
    with FakeServer(replies=lambda _: "Hello.") as server:
        check(server, 0.0, 0.7)
    assert [asked.body["temperature"] for asked in server.asked] == [0.0, 0.7]
    assert server.asked[0].body["top_p"] == 0.9


def test_a_run_at_one_temperature_costs_no_request() -> None:
    with FakeServer(replies=only_one) as server:
        check(server, 0.0)
    assert not server.asked
