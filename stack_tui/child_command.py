"""The command line of a child process that runs a module of this package."""

import sys


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs the module as this Python does, with these arguments.

    `-P` keeps the working folder out of `sys.path`. Otherwise a `random.py` in a folder that the
    user merely works in would run, with the user's keys at hand, in place of Python's own.
    """
    return [sys.executable, "-P", "-m", module, *arguments]
