"""A new suite, written in the app."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.suites.model import suite_store
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.raw_editor import RawEditor
from stack_tui.tui.ui.dialogs import AskLine
from tests.tui.data import drive, failing, screen_text, snapshot


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cases"


async def name_it(app: StackApp, pilot: Pilot[None], name: str) -> None:
    await pilot.press("3", "N")
    await pilot.pause()
    assert isinstance(app.screen, AskLine)
    await pilot.press(*name, "enter")
    await pilot.pause()


def test_it_is_written_with_an_example_case_and_opened_as_toml(folder: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await name_it(app, pilot, "support")
        assert isinstance(app.screen, RawEditor)
        assert 'name = "support"' in screen_text(app)

    drive(body, snapshot(failing()))
    suite = suite_store.load(folder / "support.toml")
    assert [case.id for case in suite.cases] == ["example"]


def test_a_name_that_cannot_name_a_file_is_refused_where_it_is_typed(folder: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await name_it(app, pilot, "a/b")
        assert isinstance(app.screen, AskLine)
        assert "letters, digits" in " ".join(screen_text(app).split())

    drive(body, snapshot(failing()))
    assert not folder.exists()


def test_a_suite_that_is_there_is_never_written_over(folder: Path) -> None:
    folder.mkdir()
    (folder / "support.toml").write_text("mine")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await name_it(app, pilot, "support")
        assert isinstance(app.screen, AskLine)
        assert "exists" in screen_text(app)

    drive(body, snapshot(failing()))
    assert (folder / "support.toml").read_text() == "mine"
