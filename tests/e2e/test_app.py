"""The app in a real terminal: hostile text everywhere, a lost connection, resizing, leaving."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from stack_tui.runs.store import journal_path
from stack_tui.worker.worker_process import spawn
from tests.e2e import folders
from tests.e2e.hostile import assert_harmless
from tests.e2e.terminal import Terminal
from tests.fakes import FakeServer
from tests.worker.runs import make, read, reply

pytestmark = pytest.mark.e2e


def environment(folder: Path) -> Mapping[str, str]:
    """Return what keeps the app away from the configuration of whoever runs the test."""
    return {"XDG_CONFIG_HOME": str(folder / "none"), "STACK_TUI_CONFIG": "", "LANG": "C.UTF-8"}


def app(folder: Path, size: tuple[int, int], *arguments: str) -> Terminal:
    """Open the app in the folder."""
    return Terminal(["stack-tui", *arguments], size=size, cwd=folder, env=environment(folder))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["narrow", "wide"])
def test_hostile_text_on_every_screen_has_no_effect(tmp_path: Path, size: tuple[int, int]) -> None:
    folders.make(tmp_path)
    with app(tmp_path, size) as terminal:
        terminal.press("2")
        terminal.wait_for("interrupted")
        for pane in "134":
            terminal.press(pane, "z", "down", "down", "enter")
            terminal.wait_for("esc back")
            terminal.press("p", "t", "pagedown", "end", "home", "escape")
            terminal.wait_gone("esc back")
            terminal.press("z", "?")
            terminal.wait_for("esc closes")
            terminal.press("escape")
            terminal.wait_gone("esc closes")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_harmless(terminal.raw)


# What pane 2 shows once the runs are read: only then do keys on them have something to act on.
RUN_READ = "The worker process died."

# By screen: what is typed to open it from a pane, to go through it and to leave it, and what is
# shown after each; the last is gone then.
OVER_A_PANE = {
    "new run": [("2n", "New run"), ("\t\t", "space ticks"), ("\x1b", "New run")],
    "new benchmark": [("2b", "New benchmark"), ("mmlu", "mmlu"), ("\x1b", "New benchmark")],
    "run": [("2v", "esc back"), ("\x1b[6~G", "esc back"), ("\x1b", "esc back")],
    "grade again": [("2a", "Re-grade"), ("\t", "Re-grade"), ("\x1b", "Re-grade")],
    "new duel": [("2d", "New duel"), ("\t", "New duel"), ("\x1b", "New duel")],
    "endpoint form": [("1e", "Test"), ("\t\t", "Test"), ("\x1b", "Test")],
    "new endpoint": [("1a", "New endpoint"), ("\t", "New endpoint"), ("\x1b", "New endpoint")],
    "latency": [("1t", "Latency"), ("\t", "Latency"), ("\x1b", "Latency")],
    "remove an endpoint": [("1D", "leave it"), ("\t", "leave it"), ("\x1b", "leave it")],
    "compare": [("2c", "b against a"), ("fjG", "change"), ("\x1b", "b against a")],
    "triage": [("4L", "real failure"), ("\t", "Note"), ("\x1b", "real failure")],
    "case editor": [("3jje", "Its rules"), ("\t\x1b[6~", "Its rules"), ("\x1b", "Its rules")],
    "new case": [("3ja", "New case"), ("\t", "New case"), ("\x1b", "New case")],
    "raw editor": [("3jR", "TOML"), ("x", "TOML"), ("\x1b", "drop them"), ("d", "TOML")],
    "commands": [("4\x10", "Search for"), ("sto", "sto"), ("\x1b", "sto")],
}


@pytest.mark.parametrize("screen", OVER_A_PANE)
def test_hostile_text_on_a_screen_over_a_pane_has_no_effect(tmp_path: Path, screen: str) -> None:
    folders.make(tmp_path)
    folders.make(tmp_path, number=2)
    env = {**environment(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    with Terminal(["stack-tui"], size=(100, 30), cwd=tmp_path, env=env) as terminal:
        terminal.press("3")
        terminal.wait_for("broken.toml")
        *steps, (leaving, gone) = OVER_A_PANE[screen]
        if steps[0][0].startswith("2"):
            terminal.press("2")
            terminal.wait_for(RUN_READ)
        for typed, shown in steps:
            terminal.type(typed)
            terminal.wait_for(shown)
        terminal.type(leaving)
        terminal.wait_gone(gone)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_harmless(terminal.raw)


@pytest.mark.parametrize("command", [("report",), ("watch",), ("runs",), ("doctor",)])
def test_hostile_text_printed_by_a_command_has_no_effect(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    folders.make(tmp_path)
    with app(tmp_path, (120, 36), *command) as terminal:
        terminal.wait_exit()
        assert_harmless(terminal.raw)


def wait_until_free(folder: Path) -> None:
    """Wait until no worker holds the run, by waiting for its lock."""
    command = "import fcntl,sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_SH)"
    subprocess.run([sys.executable, "-c", command, journal_path(folder)], check=True, timeout=60)


def phase(folder: Path) -> str:
    """Return where a new reader sees the run."""
    return read(folder).phase


def test_a_lost_connection_ends_the_app_and_not_the_run(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        folder = make(tmp_path / "eval-results", server)
        server.hold()
        spawn(folder)
        server.wait_for(1)
        with app(tmp_path, (120, 36)) as terminal:
            terminal.wait_for("running")
            terminal.hangup()
            terminal.wait_exit()
        assert phase(folder) == "running"
        server.release()
        wait_until_free(folder)
        assert phase(folder) == "finished"
        with app(tmp_path, (120, 36)) as terminal:
            terminal.wait_for("took")


def eval_held(folder: Path, server: FakeServer, cases: int, *arguments: str) -> Terminal:
    """Start eval on that many cases, in a terminal; the server answers none until released."""
    (folder / "tiny.toml").write_text(
        '[suite]\nname = "tiny"\nprompt = "Summarize: {input}"\n'
        + "".join(
            f'[[case]]\nid = "{n}"\ninput = "The passage number {n} is here."\n'
            for n in range(cases)
        )
    )
    server.hold()
    return app(
        folder, (120, 36), "eval", "tiny.toml", "--url", server.url, "--no-judge", *arguments
    )


def test_a_lost_connection_ends_eval_and_not_its_run(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        with eval_held(tmp_path, server, 1) as terminal:
            terminal.wait_for("0/1")
            terminal.hangup()
            terminal.wait_exit()
        (folder,) = (tmp_path / "eval-results").glob("*-tiny-*")
        assert phase(folder) == "running"
        server.release()
        wait_until_free(folder)
    assert phase(folder) == "finished"


def test_ctrl_c_stops_the_run_and_says_how_to_resume_it(tmp_path: Path) -> None:
    with FakeServer("vllm", reply) as server:
        with eval_held(tmp_path, server, 3, "--concurrency", "1") as terminal:
            terminal.wait_for("0/3")
            (folder,) = (tmp_path / "eval-results").glob("*-tiny-*")
            terminal.press("ctrl+c")
            terminal.wait_until(lambda: read(folder).view.state == "stopping", "a run that stops")
            server.release()
            assert terminal.wait_exit() == 4
            assert f"stack-tui resume {folder.name}" in terminal.text.replace("\n", "")
        assert read(folder).view.total.done < 3
        with app(tmp_path, (120, 36), "resume", folder.name) as terminal:
            assert terminal.wait_exit() == 0
        assert read(folder).view.total.done == 3


def test_the_app_follows_the_terminals_size(tmp_path: Path) -> None:
    with app(tmp_path, (120, 36)) as terminal:
        terminal.wait_for("4 Results")
        terminal.resize(80, 24)
        terminal.wait_for("2 Runs")
        terminal.resize(200, 60)
        terminal.wait_for("4 Results")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_without_the_mouse_no_mouse_is_asked_for(tmp_path: Path) -> None:
    with app(tmp_path, (120, 36), "--no-mouse") as terminal:
        terminal.wait_for("2 Runs")
        assert b"\x1b[?1000h" not in terminal.raw
        assert b"\x1b[?1003h" not in terminal.raw


def test_no_color_is_honoured(tmp_path: Path) -> None:
    env = {**environment(tmp_path), "NO_COLOR": "1"}
    with Terminal(["stack-tui"], size=(120, 36), cwd=tmp_path, env=env) as terminal:
        terminal.wait_for("2 Runs")
        assert b"\x1b[38;2;" not in terminal.raw
        assert b"\x1b[48;2;" not in terminal.raw


def test_leaving_gives_the_terminal_back(tmp_path: Path) -> None:
    with app(tmp_path, (80, 24)) as terminal:
        terminal.wait_for("2 Runs")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert b"\x1b[?1049l" in terminal.raw


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_the_app_goes_on_in_tmux_while_nobody_is_attached(tmp_path: Path) -> None:
    """Detached, another size, attached again: the same app, with what came meanwhile."""
    socket = str(tmp_path / "tmux")
    tmux = ["tmux", "-S", socket, "-f", "/dev/null"]
    env = {**environment(tmp_path), "TMUX": ""}
    folders.make(tmp_path)
    attach = partial(Terminal, size=(100, 30), cwd=tmp_path, env=env)
    with attach([*tmux, "new-session", "-s", "app", "stack-tui"]) as terminal:
        terminal.wait_for("interrupted")
        terminal.press("3")
        terminal.wait_for("broken.toml")
        terminal.press("ctrl+b", "d")
        terminal.wait_exit()
    folders.make(tmp_path, number=2)
    with attach([*tmux, "attach", "-t", "app"], size=(120, 36)) as terminal:
        terminal.wait_for("4 Results")
        terminal.press("2")
        terminal.wait_until(lambda: terminal.text.count("↯ interrupted  ") >= 2, "both runs")
        terminal.press("q")
        terminal.wait_exit()
