"""Pane 3: the suites and their cases."""

from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.errors import StackError
from stack_tui.runs.journal import Journal
from stack_tui.runs.store import create, journal_path
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases import pane as cases_pane
from stack_tui.tui.cases.pane import CasesPane
from stack_tui.tui.page_screen import PageScreen
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui import external_editor
from tests.tui.cases.suite_on_disk import (
    TEXT,
    ids,
    shown,
)
from tests.tui.data import (
    KV_CACHE,
    SUITE_FILE,
    drive,
    failing,
    passing,
    screen_text,
    settle,
    show,
    snapshot,
    suite_card,
    suite_spec,
)

PROBLEM = StackError("`id` occurs twice", where="cases/bad.toml: case[1]", remedy="Rename one.")
BAD = SuiteFile(Path("cases/bad.toml"), problem=PROBLEM)


def test_the_case_under_the_cursor_is_told_whole() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "down", "down", "z")
        await pilot.pause()
        shown = screen_text(app)
        for part in ("kv-cache", "KV · cache or caching", KV_CACHE.rubric, KV_CACHE.input[:40]):
            assert part in shown

    drive(body, snapshot(passing()))


def test_a_bad_suite_file_is_shown_with_its_error_beside_the_good_ones() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "z")
        await pilot.pause()
        shown = screen_text(app)
        for part in ("bad.toml", "cases/bad.toml: case[1]", "`id` occurs twice", "Rename one."):
            assert part in shown
        assert "kv-cache" in shown

    drive(body, snapshot(passing(), suites=(BAD, SUITE_FILE)))


def test_a_search_lists_the_cases_that_match() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "slash", *"transformer")
        await pilot.pause()
        assert "solar-system" not in screen_text(app).split("3 Cases")[1].split("4 Results")[0]

    drive(body, snapshot(suites=(SUITE_FILE,)), size=(80, 24))


def test_enter_shows_the_case_on_the_whole_screen() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PageScreen)
        assert KV_CACHE.rubric in screen_text(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, PageScreen)

    drive(body, snapshot(passing()))


def test_a_suite_that_changes_on_disk_is_shown_anew() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await show(app, pilot, snapshot(passing(), suites=(BAD,)))
        assert "bad.toml" in screen_text(app)

    drive(body, snapshot(passing()))


def test_space_folds_a_suite_and_unfolds_it() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        table = app.screen.query_one(CasesPane).table
        await pilot.press("3", "down", "space")
        assert len(table.order) == 1
        assert "▸ custom" in screen_text(app)
        await pilot.press("space")
        assert len(table.order) == 3

    drive(body, snapshot(passing()))


def test_v_goes_to_the_cases_latest_failing_sample(tmp_path: Path) -> None:
    spec = suite_spec()
    folder = create(tmp_path, spec)
    flaky = msgspec.structs.replace(failing(), repeat=1)
    samples = (passing(), passing("kv-cache", 1), flaky)
    with Journal(journal_path(folder)) as journal:
        for sample in samples:
            journal.append(sample)
    card = suite_card(samples, folder=folder)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "v")
        await settle(app, pilot)
        await pilot.pause()
        current = app.screen.query_one(ResultsPane).current
        assert current is not None
        assert current.key == flaky.key

    drive(body, snapshot(*samples, card=card))


def test_v_on_a_case_that_was_never_run_says_so() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "v")
        await settle(app, pilot)
        assert "no sample yet" in screen_text(app)

    drive(body, Snapshot(ready=True, suites=(SUITE_FILE,)))


def test_cases_are_duplicated_moved_and_deleted_by_keys_and_all_of_it_undone(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "d")
        assert ids(suite) == ["solar-system", "kv-cache", "kv-cache-2"]
        await pilot.press("K")
        assert ids(suite) == ["kv-cache", "solar-system", "kv-cache-2"]
        await pilot.press("D")
        assert ids(suite) == ["solar-system", "kv-cache-2"]
        await pilot.press("u")
        await show(app, pilot, shown(suite))
        assert "undid: deleted kv-cache" in screen_text(app)

    drive(body, shown(suite))
    assert ids(suite) == ["kv-cache", "solar-system", "kv-cache-2"]


def test_the_last_case_of_a_suite_is_not_deleted(suite: Path) -> None:
    suite.write_text(TEXT.partition("# Why")[0])

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "D")
        await pilot.pause()
        assert "at least one case" in screen_text(app)

    drive(body, shown(suite))
    assert ids(suite) == ["solar-system"]


def test_the_editor_of_ones_choice_gets_the_suites_file(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(cases_pane, "open_in_editor", lambda _, path: opened.append(path))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "E")
        assert opened == [suite]

    drive(body, shown(suite))


def test_an_editor_that_cannot_be_started_is_told_with_the_remedy(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/none/such")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        external_editor.open_in_editor(app, suite)
        await pilot.pause()
        assert "/none/such" in screen_text(app)

    drive(body, shown(suite))
