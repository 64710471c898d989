"""Quit on a signal, even if the terminal is gone."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

_PATIENCE_S = 3.0


def leave_on_signals(leave: Callable[[], object]) -> None:
    """Call `leave` in the running loop on SIGHUP and SIGTERM; end the process if that takes long.

    A terminal that hangs up sends SIGCONT too, on which Textual would draw again, and writing to
    a terminal that is gone can block forever: hence the timer.
    """
    loop = asyncio.get_running_loop()

    def on_signal(number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            signal.signal(signal.SIGCONT, signal.SIG_DFL)
        last_resort = threading.Timer(_PATIENCE_S, os._exit, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        loop.call_soon_threadsafe(leave)

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, on_signal)
