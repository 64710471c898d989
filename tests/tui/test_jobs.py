"""What is done beside the screens."""

import queue
import threading
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from stack_tui.config.decode import Config
from stack_tui.errors import StackError
from stack_tui.tui import jobs
from stack_tui.tui.app import StackApp
from stack_tui.tui.host import Host
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.key_line import KeyLine
from tests.tui.data import drive, screen_text, settle


def test_what_is_under_way_is_said_and_its_end_told() -> None:
    go_on = threading.Event()

    def work() -> int:
        assert go_on.wait(10)
        return 3

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.run_job(work, lambda cases: app.show_message(f"{cases} cases"), label="counting cases")
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
        assert go_on.wait(10)
        ended.set()
        raise StackError("the server hangs")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.run_job(work, lambda _: app.show_message("it has answered"), label="asking")
        await pilot.press("ctrl+g")
        assert app.busy == ()
        assert "No longer waiting for: asking." in screen_text(app)
        go_on.set()
        assert ended.wait(10)
        await pilot.pause()
        assert "hangs" not in screen_text(app)

    drive(body)


class Waiting:
    """Jobs whose work ends when the test says so; results are handed over by `hand_over`."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Callable[[], object]] = queue.Queue()
        self.jobs = jobs.Jobs(self, lambda: None)
        self.got: list[object] = []
        self.begun: list[str] = []
        self.gates: dict[str, threading.Event] = {}

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        self.calls.put(lambda: callback(*args))
        return True

    def run(self, name: str, key: object = None, *, overtake: bool = True) -> None:
        gate = self.gates[name] = threading.Event()

        def work() -> str:
            self.begun.append(name)
            assert gate.wait(10)
            return name

        self.jobs.run(work, self.got.append, self.got.append, key=key, overtake=overtake)

    def end(self, name: str) -> None:
        self.gates[name].set()
        self.calls.get(timeout=10)()


def test_a_newer_job_of_a_key_overtakes_the_older() -> None:
    waiting = Waiting()
    waiting.run("old", "grade")
    waiting.run("new", "grade")
    waiting.end("old")
    assert waiting.got == []
    waiting.end("new")
    assert waiting.got == ["new"]


def test_of_many_jobs_of_a_key_the_first_and_the_last_run() -> None:
    waiting = Waiting()
    for name in ("first", "second", "third", "last"):
        waiting.run(name, "marks")
    waiting.end("first")
    waiting.end("last")
    assert waiting.begun == ["first", "last"]
    assert waiting.got == ["last"]
    waiting.run("after", "marks")
    waiting.end("after")
    assert waiting.got == ["last", "after"]


def test_changes_of_a_file_run_in_turn_and_all_happen() -> None:
    waiting = Waiting()
    for name in ("first", "second", "third"):
        waiting.run(name, "config", overtake=False)
    for name in ("first", "second", "third"):
        waiting.end(name)
    assert waiting.begun == waiting.got == ["first", "second", "third"]


def test_jobs_of_other_keys_or_of_none_run_beside_each_other() -> None:
    waiting = Waiting()
    waiting.run("a", "a")
    waiting.run("b", "b")
    waiting.run("c")
    waiting.run("d")
    for name in ("d", "c", "b", "a"):
        waiting.end(name)
    assert waiting.got == ["d", "c", "b", "a"]


def test_the_app_is_a_host(tmp_path: Path) -> None:
    host: Host = StackApp(Config(), tmp_path, live=False)
    assert host.results == tmp_path
