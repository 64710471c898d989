"""The form that starts a run."""

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from stack_tui.config.decode import Config, Defaults, Endpoint, PanelMethod
from stack_tui.suites.model.case import Case, Suite
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.runs.new_run import NewRun
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.worker import launch
from stack_tui.worker.requests import SuiteRun
from tests.tui.data import (
    CONFIG,
    JUDGE,
    LOCAL,
    SUITE_FILE,
    drive,
    screen_text,
    settle,
    snapshot,
    up,
)

TLDR = Suite(
    name="tldr",
    cases=(Case(id="x", input="y"),),
    judges=("judge",),
    repeats=3,
    temperature=(0, 0.7),
    panel="mean",
)
TLDR_FILE = SuiteFile(Path("cases/tldr.toml"), suite=TLDR)
SHOWN = snapshot(suites=(SUITE_FILE, TLDR_FILE))
Started = tuple[Path, Endpoint, tuple[Endpoint, ...], int, PanelMethod, tuple[float, ...], bool]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Started]:
    """Return what the form has started, as it is handed to the function that commands call."""
    calls: list[Started] = []

    def start(request: SuiteRun, results: Path) -> Path:
        asked = (request.repeats or 1, request.panel, request.temperatures, request.noise)
        calls.append((request.suite, request.endpoint, request.judges, *asked))
        return results / "20991118-120000-new"

    monkeypatch.setattr(launch, "start", start)
    return calls


def test_the_suite_the_endpoint_and_the_model_as_its_judge_are_there_to_start(
    started: list[Started],
) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started == [(SUITE_FILE.path, LOCAL, (LOCAL,), 1, "median", (0.0,), False)]
        assert app.chosen == Path("eval-results/20991118-120000-new")
        assert isinstance(app.screen, Dashboard)

    drive(body, SHOWN, answers=(up(),))


def test_from_a_suite_of_the_cases_its_own_judges_and_repeats_are_taken(
    started: list[Started],
) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "n")
        await pilot.pause()
        assert "with 1 case, no difference is visible" in screen_text(app)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started == [(TLDR_FILE.path, LOCAL, (JUDGE,), 3, "mean", (0.0, 0.7), False)]

    drive(body, SHOWN)


def test_judges_are_ticked_with_the_space_bar(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("tab", "tab", "space", "down", "down", "space")
        await pilot.pause()
        assert "[x] · judge" in screen_text(app)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started[0][2] == (JUDGE,)

    drive(body, SHOWN)


def test_the_defaults_of_the_configuration_are_chosen(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started[0][1:3] == (JUDGE, (LOCAL,))

    defaults = Defaults(endpoint="judge", judges=("local",))
    drive(body, SHOWN, config=Config(endpoints=CONFIG.endpoints, defaults=defaults))


def test_repeats_that_are_no_number_are_refused_in_place(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("tab", "tab", "tab", "end", "backspace", "0", "ctrl+s")
        await pilot.pause()
        assert "whole number" in screen_text(app)
        assert started == []

    drive(body, SHOWN)


async def _typed(pilot: Pilot[None], field: str, text: str) -> None:
    """Open the form and have that text in that field."""
    await pilot.press("n")
    await pilot.pause()
    pilot.app.screen.query_one(field, Input).value = text
    await pilot.pause()


def test_several_temperatures_are_asked_for_and_told_in_samples(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await _typed(pilot, "#temperatures", "0, 0.7 1")
        assert "6 samples; with 2 cases, no difference is visible" in screen_text(app)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started[0][5:] == ((0.0, 0.7, 1.0), False)

    drive(body, SHOWN)


@pytest.mark.parametrize("text", ["", "hot", "3", "0 0"])
def test_a_temperature_that_is_none_is_refused_in_place(text: str, started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await _typed(pilot, "#temperatures", text)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert re.search("Temperature (must|repeats)", screen_text(app))
        assert app.focused is app.screen.query_one("#temperatures")
        assert started == []

    drive(body, SHOWN)


def test_a_noise_run_sets_repeats_and_temperature_itself(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await _typed(pilot, "#temperatures", "nonsense")
        app.screen.query_one("#purpose", Select).value = 1
        await pilot.pause()
        assert app.screen.query_one("#repeats").disabled
        assert "4 samples" in screen_text(app)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert started[0][3:] == (1, "median", (), True)

    drive(body, SHOWN)


def test_escape_starts_nothing(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(app.screen, NewRun)
        await pilot.press("escape")
        await settle(app, pilot)
        assert started == []
        assert isinstance(app.screen, Dashboard)

    drive(body, SHOWN)


def test_without_a_suite_or_an_endpoint_the_form_says_what_is_missing() -> None:
    async def no_suite(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        assert "There is no suite" in screen_text(app)
        await pilot.press("ctrl+s", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)

    async def no_endpoint(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        assert "There is no endpoint" in screen_text(app)

    drive(no_suite, Snapshot(ready=True))
    drive(no_endpoint, SHOWN, config=Config())


def test_before_the_suites_are_read_none_is_said_to_be_missing() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await settle(app, pilot)
        assert not isinstance(app.screen, NewRun)
        assert "Still reading the suites" in screen_text(app)

    drive(body, Snapshot())
