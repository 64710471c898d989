"""The commands: argument handling and printing, each command's code read only when it is called."""

from stack_tui.cli.main import main

__all__ = ["main"]
