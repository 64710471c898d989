"""Cases brought in from other files and taken out, in the app."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.suites.model import suite_store
from stack_tui.tui.app import StackApp
from stack_tui.tui.ui.dialogs import AskLine
from tests.tui.data import drive, failing, screen_text, settle, snapshot

PROMPTFOO = """\
prompts: ["Say {{word}}"]
providers: [echo]
tests:
  - vars: {word: hello}
    assert:
      - {type: contains, value: hello}
      - {type: similar, value: hi}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def give(app: StackApp, pilot: Pilot[None], key: str, name: str) -> None:
    """Press the key in the list of cases, and type the name that is asked for."""
    await pilot.press("3", key)
    await pilot.pause()
    assert isinstance(app.screen, AskLine)
    await pilot.press("ctrl+u", *name, "enter")
    await settle(app, pilot)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_what_x_exports_i_imports_again(folder: Path, ending: str) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await give(app, pilot, "x", f"out.{ending}")
        assert "2 cases in" in " ".join(screen_text(app).split())
        await give(app, pilot, "i", f"out.{ending}")

    drive(body, snapshot(failing()))
    assert [case.id for case in suite_store.load(folder / "cases" / "out.toml").cases] == [
        "solar-system",
        "kv-cache",
    ]


def test_what_a_promptfoo_file_has_beyond_a_suite_is_listed(folder: Path) -> None:
    (folder / "foo.yaml").write_text(PROMPTFOO)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await give(app, pilot, "i", "foo.yaml")
        assert "Not imported" in screen_text(app)
        assert "similar" in screen_text(app)

    drive(body, snapshot(failing()))
    assert len(list((folder / "cases").glob("*.toml"))) == 1


def test_no_file_is_written_over(folder: Path) -> None:
    (folder / "out.jsonl").write_text("theirs")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await give(app, pilot, "x", "out.jsonl")
        assert "exists already" in screen_text(app)

    drive(body, snapshot(failing()))
    assert (folder / "out.jsonl").read_text() == "theirs"


def test_a_file_that_is_not_there_is_told_in_place(folder: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await give(app, pilot, "i", "none.csv")
        assert isinstance(app.screen, AskLine)
        assert "No such file" in screen_text(app)

    drive(body, snapshot(failing()))
