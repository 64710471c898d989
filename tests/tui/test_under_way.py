"""What is done beside the screens."""

import threading

from textual.pilot import Pilot

from stack_tui.errors import StackError
from stack_tui.tui.app import StackApp
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.key_line import KeyLine
from tests.tui.data import drive, screen_text, settle


def test_what_is_under_way_is_said_and_its_end_told() -> None:
    go_on = threading.Event()

    def work() -> int:
        go_on.wait()
        return 3

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.do("counting cases", work, lambda cases: f"{cases} cases")
        await pilot.pause()
        assert "… counting cases" in app.query_one(StatusLine).text
        assert "ctrl+g give up" in app.query_one(KeyLine).text.replace("^g", "ctrl+g")
        go_on.set()
        await settle(app, pilot)
        assert "3 cases" in screen_text(app)
        assert "give up" not in app.query_one(KeyLine).text

    drive(body)


def test_what_is_given_up_tells_nothing_more() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait()
        ended.set()
        raise StackError("the server hangs")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.do("asking", work, lambda _: "it has answered")
        await pilot.press("ctrl+g")
        assert app.busy == ()
        assert "No longer waiting for: asking." in screen_text(app)
        go_on.set()
        ended.wait()
        await pilot.pause()
        assert "hangs" not in screen_text(app)

    drive(body)
