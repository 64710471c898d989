import signal
import sys

import pytest

from tests.e2e.terminal import Terminal

ECHO = """
while line := input("say: "):
    print("\\x1b[31mheard\\x1b[0m", line)
"""
SIZES = """
import os, signal, sys
def show(*_):
    print("size", *os.get_terminal_size(), flush=True)
signal.signal(signal.SIGWINCH, show)
show()
while True:
    signal.pause()
"""


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_the_screen_shows_what_was_typed_and_answered() -> None:
    with Terminal(python(ECHO), size=(40, 6)) as terminal:
        terminal.wait_for("say:")
        terminal.type("grüße")
        terminal.press("enter")
        terminal.wait_for("heard grüße")
        assert terminal.screen[:2] == ["say: grüße", "heard grüße"]
        assert len(terminal.screen) == 6


def test_raw_keeps_what_the_screen_does_not_show() -> None:
    with Terminal(python(ECHO)) as terminal:
        terminal.type("it\n")
        terminal.wait_for("heard it")
        assert b"\x1b[31mheard\x1b[0m it" in terminal.raw


def test_the_program_is_told_its_size_and_every_new_one() -> None:
    with Terminal(python(SIZES), size=(120, 36)) as terminal:
        terminal.wait_for("size 120 36")
        terminal.resize(80, 24)
        terminal.wait_for("size 80 24")
        assert len(terminal.screen) == 24


def test_the_exit_code_comes_when_the_program_has_ended() -> None:
    with Terminal(python("input(); raise SystemExit(3)")) as terminal:
        assert terminal.exit_code is None
        terminal.press("enter")
        assert terminal.wait_exit() == 3
        assert terminal.exit_code == 3


def test_ctrl_c_interrupts() -> None:
    with Terminal(python("print('up', flush=True); input()")) as terminal:
        terminal.wait_for("up")
        terminal.press("ctrl+c")
        terminal.wait_for("KeyboardInterrupt")


def test_a_hangup_ends_a_program_that_does_not_care() -> None:
    with Terminal(python(ECHO)) as terminal:
        terminal.wait_for("say:")
        terminal.hangup()
        assert terminal.wait_exit() == -signal.SIGHUP


def test_waiting_in_vain_fails_with_the_screen() -> None:
    shown_instead = pytest.raises(AssertionError, match="something else")
    with Terminal(python("print('something else')")) as terminal, shown_instead:
        terminal.wait_for("never printed")


def test_commands_of_this_python_are_found() -> None:
    with Terminal(["pytest", "--version"]) as terminal:
        assert terminal.wait_exit() == 0
        assert "pytest" in terminal.text


def test_nothing_is_left_running() -> None:
    with Terminal(python(ECHO)) as terminal:
        terminal.wait_for("say:")
    assert terminal.exit_code == -signal.SIGKILL
