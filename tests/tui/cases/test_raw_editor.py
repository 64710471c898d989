"""A suite's file as TOML."""

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from stack_tui.errors import StackError
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Suite
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.raw_editor import RawEditor
from stack_tui.tui.ui.block_view import BlockView
from tests.tui.cases.suite_on_disk import TEXT, on_dashboard, shown, until
from tests.tui.data import drive, wait_for


def test_the_toml_is_checked_as_one_types_and_saved_as_it_is(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "R")
        await pilot.pause()
        raw = app.screen
        assert isinstance(raw, RawEditor)
        await until(raw, pilot, ".verdict", "✓ a suite of 2 cases")
        area = raw.query_one(TextArea)
        assert area.cursor_location[0] == 11
        area.text = TEXT.replace("must_mention", "must_mentoin")
        await until(raw, pilot, ".verdict", "must_mentoin")
        area.text = TEXT + "# mine\n"
        await pilot.press("ctrl+s")
        await on_dashboard(app, pilot)

    drive(body, shown(suite))
    assert suite.read_text() == TEXT + "# mine\n"


def test_a_slow_check_of_an_older_text_never_replaces_a_newer_one(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    parse = suite_store.parse

    def slow_parse(text: str, path: Path) -> Suite:
        if "# slow" in text:
            began.set()
            go_on.wait(30)
            ended.set()
            raise StackError("slow", where=str(path))
        return parse(text, path)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "R")
        await pilot.pause()
        raw = app.screen
        assert isinstance(raw, RawEditor)
        monkeypatch.setattr(suite_store, "parse", slow_parse)
        raw.query_one(TextArea).text = "# slow"
        await wait_for(pilot, began.is_set)
        raw.query_one(TextArea).text = TEXT
        raw.settle()
        await pilot.pause()
        go_on.set()
        await until(raw, pilot, ".verdict", "✓ a suite of 2 cases")
        await wait_for(pilot, ended.is_set)
        await pilot.pause()
        assert "slow" not in raw.query_one(".verdict", BlockView).text

    drive(body, shown(suite))


@pytest.mark.parametrize("header", ["  id = 'kv-cache'", 'id = "kv\\u002dcache"'])
def test_it_opens_at_the_case_however_its_id_is_written(suite: Path, header: str) -> None:
    suite.write_text(TEXT.replace('id = "kv-cache"', header))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "R")
        await wait_for(pilot, lambda: isinstance(app.screen, RawEditor))
        assert app.screen.query_one(TextArea).cursor_location[0] == 11

    drive(body, shown(suite))
