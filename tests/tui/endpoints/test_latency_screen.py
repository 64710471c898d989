"""Comparing latencies on the screen."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from stack_tui.config.decode import Endpoint
from stack_tui.endpoints import latency
from stack_tui.endpoints.latency import REQUESTS, Latency, MeasuredRange
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.endpoints.latency_screen import LatencyScreen
from tests.tui.data import (
    JUDGE,
    LOCAL,
    drive,
    screen_text,
    up,
    wait_for,
)

FAST = MeasuredRange(0.1, 0.09, 0.2)


class Timing:
    """Stands for the requests: the judge's hang for ever."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.called_off: list[str] = []

    async def time(self, endpoint: Endpoint, told: Callable[[Latency], object]) -> Latency:
        self.asked.append(endpoint.name)
        if endpoint == JUDGE:
            try:
                await asyncio.Event().wait()
            finally:
                self.called_off.append(endpoint.name)
        found = Latency(name=endpoint.name, url="", done=REQUESTS, first_token_s=FAST)
        told(found)
        return found


@pytest.fixture
def timing(monkeypatch: pytest.MonkeyPatch) -> Timing:
    timing = Timing()
    monkeypatch.setattr(latency, "time_requests", timing.time)
    return timing


def test_nothing_is_sent_before_a_key_says_so_and_what_will_be_is_told(timing: Timing) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "t")
        await pilot.pause()
        assert isinstance(app.screen, LatencyScreen)
        assert "at most 32 tokens" in " ".join(screen_text(app).split())
        assert timing.asked == []

    drive(body, answers=(up(),))


def test_one_that_hangs_delays_neither_another_nor_a_key_and_is_called_off(timing: Timing) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "t", "a")
        await wait_for(pilot, lambda: f"✓ {REQUESTS}/{REQUESTS}" in screen_text(app))
        assert "100 ms (90–200)" in screen_text(app)
        assert f"… 0/{REQUESTS}" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        await wait_for(pilot, lambda: timing.called_off == ["judge"])

    drive(body, answers=(up(LOCAL), up(JUDGE)))


def test_all_means_those_that_are_up(timing: Timing) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "t", "a")
        await wait_for(pilot, lambda: f"✓ {REQUESTS}/{REQUESTS}" in screen_text(app))
        assert timing.asked == ["local"]

    drive(body, answers=(up(LOCAL),))
