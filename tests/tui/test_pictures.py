"""What the app looks like: pictures of the dashboard and the screens over it."""

import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from stack_tui.suites.model.suite_edit import suite_text
from stack_tui.tui.app import StackApp
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from tests.tui.data import (
    CONFIG,
    CUSTOM,
    benchmark_card,
    erring,
    failing,
    passing,
    refused,
    running_card,
    screen_text,
    show,
    snapshot,
    suite_card,
    up,
    wait_for,
)
from tests.tui.runs.test_run_screen import live

Compare = Callable[..., bool]
SIZES = ((80, 24), (120, 36), (200, 60))
SAMPLES = (passing(), failing(), erring("tides", 2))
FINISHED = snapshot(*SAMPLES, card=suite_card(SAMPLES))
BOTH = Snapshot(
    ready=True,
    runs=(running_card(), benchmark_card()),
    chosen=FINISHED.chosen,
    suites=FINISHED.suites,
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show times as a machine in UTC does."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[SuiteFile, ...]:
    """Return the suite as a file that can be edited, named without the folder of the day."""
    monkeypatch.chdir(tmp_path)
    path = Path("cases/custom.toml")
    path.parent.mkdir()
    path.write_text(suite_text(CUSTOM))
    return (SuiteFile(path, suite=CUSTOM),)


def picture(
    compare: Compare,
    shown: Snapshot,
    *keys: str,
    size: tuple[int, int],
    theme: str = "stack-dark",
    until: str = "",
) -> bool:
    """Compare the app, showing that and after those keys, with its picture of before.

    What is read beside the screen is waited for: `until` is a part of it.
    """
    app = StackApp(CONFIG, Path("eval-results"), live=False)
    app.theme = theme

    async def before(pilot: Pilot[None]) -> None:
        await show(app, pilot, shown, up(), refused())
        await pilot.press(*keys)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await wait_for(pilot, lambda: until in screen_text(app), until)
        # On a slow machine the cursor would be off by the time of the picture.
        for line in app.screen.query(Input):
            line.cursor_blink = False
        for area in app.screen.query(TextArea):
            area.cursor_blink = False
        await pilot.pause()

    run_before: Callable[[Pilot[None]], Awaitable[None]] = before
    return compare(app, terminal_size=size, run_before=run_before)


@pytest.mark.parametrize("size", SIZES)
def test_the_dashboard_with_a_running_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, BOTH, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_live_run_on_the_whole_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, live(), "2", "v", size=size)


def test_grading_again(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "2", "a", size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_the_results(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, FINISHED, "4", "down", "z", size=size)


def test_the_empty_dashboard(snap_compare: Compare) -> None:
    assert picture(snap_compare, Snapshot(ready=True), size=(120, 36))


def test_a_sample_on_the_whole_screen(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "4", "down", "enter", "t", size=(80, 24))


def test_the_form_of_a_new_run(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "n", size=(80, 24))


def test_labelling_a_sample(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "4", "down", "L", size=(80, 24))


@pytest.mark.parametrize("size", SIZES[:2])
def test_the_form_of_a_case(
    snap_compare: Compare, size: tuple[int, int], suites: tuple[SuiteFile, ...]
) -> None:
    shown = Snapshot(ready=True, suites=suites)
    keys, until = ("3", "down", "down", "e"), "No output yet"
    assert picture(snap_compare, shown, *keys, size=size, until=until)


def test_a_suite_as_toml(snap_compare: Compare, suites: tuple[SuiteFile, ...]) -> None:
    shown = Snapshot(ready=True, suites=suites)
    assert picture(snap_compare, shown, "3", "R", size=(120, 36), until="a suite of 2 cases")


def test_the_cases(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "3", "down", "down", "z", size=(80, 24))


def test_a_search_that_finds_nothing(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "4", "slash", "x", "y", "z", size=(120, 36))


def test_the_keys(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "4", "question_mark", size=(120, 36))


@pytest.mark.parametrize("theme", ["stack-light", "stack-16"])
def test_the_other_themes(snap_compare: Compare, theme: str) -> None:
    assert picture(snap_compare, BOTH, size=(120, 36), theme=theme)
