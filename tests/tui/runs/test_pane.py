"""Pane 2: the runs, and what can be done to them."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.errors import StackError
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot
from stack_tui.worker import control
from tests.tui.data import (
    benchmark_card,
    drive,
    failing,
    passing,
    running_card,
    screen_text,
    settle,
    show,
    snapshot,
    suite_card,
)

BOTH = Snapshot(
    ready=True,
    runs=(suite_card((passing(), failing())), benchmark_card()),
    chosen=ChosenRun(suite_card((passing(), failing())), (passing(), failing())),
)


class Asked:
    """Stands in for the functions that the commands call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: StackError | None = None) -> None:
        self.calls: list[tuple[str, str]] = []
        for name in ("stop", "pause", "proceed", "resume"):
            monkeypatch.setattr(control, name, self._recording(name, error))

    def _recording(self, name: str, error: StackError | None) -> object:
        def record(folder: Path) -> None:
            self.calls.append((name, folder.name))
            if error:
                raise error

        return record


def test_every_run_is_told_with_state_progress_and_score() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "✓ finished" in shown
        assert "↯ interrupted" in shown
        assert "70 %" in shown
        assert "50 %" in shown

    drive(body, BOTH)


def test_the_run_under_the_cursor_is_the_chosen_one() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert app.chosen == BOTH.runs[0].folder
        await pilot.press("2", "down")
        await pilot.pause()
        assert app.chosen == BOTH.runs[1].folder
        assert "mmlu_astronomy" in screen_text(app)

    drive(body, BOTH)


def test_the_cursor_stays_on_its_run_when_a_new_one_begins() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "down")
        newer = running_card()
        newer = suite_card(folder=Path("eval-results/20991118-120000-new"), phase="running")
        await show(app, pilot, Snapshot(ready=True, runs=(newer, *BOTH.runs)))
        assert app.chosen == BOTH.runs[1].folder

    drive(body, BOTH)


def test_at_the_start_an_active_run_is_chosen_before_a_newer_finished_one() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        active = running_card()
        newer = suite_card(folder=Path("eval-results/20991118-120000-new"))
        await show(app, pilot, Snapshot(ready=True, runs=(newer, active)))
        assert app.chosen == active.folder

    drive(body, Snapshot())


def test_enter_goes_to_the_results() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert app.screen.active == 4

    drive(body, BOTH)


def test_s_stops_an_active_run_and_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "s")
        await settle(app, pilot)
        assert asked.calls == [("stop", running_card().id)]
        assert "Press r to resume" in screen_text(app)

    drive(body, snapshot(passing(), card=running_card()))


def test_p_pauses_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "p")
        await settle(app, pilot)
        await show(app, pilot, snapshot(passing(), card=suite_card(phase="paused")))
        await pilot.press("space")
        await settle(app, pilot)
        assert [call for call, _ in asked.calls] == ["pause", "proceed"]

    drive(body, snapshot(passing(), card=running_card()))


@pytest.mark.parametrize(("typed", "requests"), [("32", 32), ("", None)])
def test_l_changes_how_many_requests_are_in_flight(
    monkeypatch: pytest.MonkeyPatch, typed: str, requests: int | None
) -> None:
    asked: list[int | None] = []
    monkeypatch.setattr(control, "set_concurrency", lambda folder, number: asked.append(number))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "l")
        await pilot.pause()
        await pilot.press(*typed, "enter")
        await settle(app, pilot)
        assert asked == [requests]

    drive(body, snapshot(passing(), card=running_card()))


def test_a_limit_that_is_no_number_is_refused_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []
    monkeypatch.setattr(control, "set_concurrency", lambda folder, number: asked.append(number))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "l")
        await pilot.pause()
        await pilot.press(*"many", "enter")
        await pilot.pause()
        assert "whole number" in screen_text(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert asked == []

    drive(body, snapshot(passing(), card=running_card()))


def test_r_resumes_an_interrupted_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "r")
        await settle(app, pilot)
        assert asked.calls == [("resume", benchmark_card().id)]

    drive(body, Snapshot(ready=True, runs=(benchmark_card(),)))


def test_a_finished_run_can_be_neither_stopped_nor_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "s", "r", "p")
        await settle(app, pilot)
        assert asked.calls == []

    drive(body, snapshot(passing()))


def test_what_goes_wrong_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    Asked(monkeypatch, StackError("no worker is at work", where="run-1", remedy="Resume it."))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "s")
        await settle(app, pilot)
        shown = screen_text(app)
        assert "no worker is at work" in shown
        assert "Resume it." in shown

    drive(body, snapshot(passing(), card=running_card()))


def test_a_search_lists_the_runs_that_match() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "slash", *"mmlu", "enter")
        await pilot.pause()
        assert app.chosen == benchmark_card().folder
        assert "32/32" not in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert len(app.screen.pane(2).table.order) == 2

    drive(body, BOTH)


def test_an_unreadable_run_is_listed_with_what_is_wrong() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        problem = StackError("not valid TOML", where="eval-results/x/run.toml")
        card = suite_card(spec=None, problem=problem, phase="failed")
        await show(app, pilot, Snapshot(ready=True, runs=(card,)))
        assert "✗ unreadable" in screen_text(app)
        assert "not valid TOML" in screen_text(app)

    drive(body)
