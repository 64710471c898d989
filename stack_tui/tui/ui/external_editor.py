"""Handing a file to the editor of one's choice."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from stack_tui.errors import StackError

if TYPE_CHECKING:
    from stack_tui.tui.app import StackApp


def open_in_editor(stack: StackApp, path: Path) -> None:
    """Leave the screen to $VISUAL, $EDITOR or vi until it is done with the file."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        with stack.suspend():
            subprocess.run([*shlex.split(chosen), str(path)], check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        stack.tell_error(
            StackError(f"cannot be started: {error}", where=chosen, remedy="Set $EDITOR.")
        )
    except SuspendNotSupported:
        stack.tell_error(StackError("this terminal cannot be lent to an editor", where=chosen))
