"""Looking a suite over, and for its cases in training data, from the app."""

from pathlib import Path

import msgspec
from textual.pilot import Pilot

from stack_tui.tui.app import StackApp
from stack_tui.tui.page_screen import PageScreen
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from tests.tui.data import (
    CUSTOM,
    KV_CACHE,
    drive,
    screen_text,
    snapshot,
    wait_for,
)

TEXT = "A passage about tides, the Moon and the Sun that is long enough to be found in the data."


def suites(*, holdout: bool = False) -> Snapshot:
    case = msgspec.structs.replace(
        KV_CACHE, input=TEXT, must_mention=("tides",), must_not_mention=("tide",), holdout=holdout
    )
    suite = msgspec.structs.replace(CUSTOM, cases=(case,))
    return Snapshot(ready=True, suites=(SuiteFile(Path("cases/custom.toml"), suite=suite),))


async def reading(app: StackApp, pilot: Pilot[None]) -> str:
    await wait_for(pilot, lambda: isinstance(app.screen, PageScreen))
    await pilot.pause()
    return screen_text(app)


def test_shift_f_lists_what_contradicts_itself() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "F")
        shown = await reading(app, pilot)
        assert "✗ kv-cache.must_mention[0]" in shown
        assert "requires what must_not_mention forbids" in shown

    drive(body, suites())


def test_shift_t_finds_cases_in_the_files_that_are_typed(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(f'{{"text": "{TEXT}"}}\nbroken\n')

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "T")
        await pilot.press(*str(data), "enter")
        shown = await reading(app, pilot)
        for part in ("1 of 1 case found in the data", "copied, 100%", "tides the moon", "not read"):
            assert part in shown

    drive(body, suites(), size=(160, 40))


def test_a_held_out_case_is_found_without_its_text(tmp_path: Path) -> None:
    data = tmp_path / "data.txt"
    data.write_text(TEXT)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "T")
        await pilot.press(*str(data), "enter")
        shown = await reading(app, pilot)
        assert "kv-cache" in shown
        assert "tides the moon" not in shown

    drive(body, suites(holdout=True), size=(160, 40))


def test_a_file_that_is_not_there_is_told_in_the_form(tmp_path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "T")
        await pilot.press(*str(tmp_path / "none"), "enter")
        assert "No such file" in screen_text(app)

    drive(body, snapshot())
