"""Each private name of Textual that the app uses does what the app needs of it."""

from textual.pilot import Pilot

from stack_tui.config.decode import Config
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.ui.textual_private import bindings_in_force
from tests.tui.data import drive
from tests.tui.runs.test_run_screen import live


def test_what_lies_under_a_whole_screen_repaints_nothing() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        assert app._background_screens == []
        await pilot.press("question_mark")
        await pilot.pause()
        assert app.screen_stack[-2] in app._background_screens

    drive(body, live())


def test_the_bindings_of_a_pane_without_the_focus_have_the_configured_keys() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, Dashboard)
        keys = {each.id: each.key for each in bindings_in_force(app.screen.pane(3))}
        assert keys["cases.undo"] == "f4"
        assert keys["cases.edit"] == "e"
        assert keys["pane.search"] == "slash"

    drive(body, config=Config(keys={"cases.undo": ("f4",)}))
