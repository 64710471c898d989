"""A process that ends the harness, and all that its tasks started, once the worker is gone."""

import os
import signal
import time

_GRACE_S = 1.0


def guard_group(worker: int, frames: int) -> None:
    """Fork a process that ends this process group when `worker`, a pipe, is closed by its writer.

    The worker alone holds the other end, so that it closes however the worker ends. A thread of
    this process could not do it: a metric in an endless regular expression never lets it run. It
    must be called before any thread is started, in the leader of a group of its own.
    """
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os.close(worker)
        return
    # Forked twice: a task that waits for all of its children must not wait for this one.
    try:
        if os.fork() == 0:
            _wait_and_end(worker, frames)
    finally:
        os._exit(0)


def _wait_and_end(worker: int, frames: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # The worker reads the end of the harness from the closing of these.
    os.close(frames)
    for standard in (1, 2):
        os.dup2(0, standard)
    os.read(worker, 1)
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)
