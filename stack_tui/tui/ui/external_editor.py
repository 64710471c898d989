"""Open a file in the user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from textual.app import SuspendNotSupported

from stack_tui.errors import StackError
from stack_tui.tui.host import Host


def open_in_editor(host: Host, path: Path) -> None:
    """Lend the screen to $VISUAL, $EDITOR or vi until it exits."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        with host.suspend():
            subprocess.run([*shlex.split(chosen), str(path)], check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        host.show_error(
            StackError(f"cannot be started: {error}", where=chosen, remedy="Set $EDITOR.")
        )
    except SuspendNotSupported:
        host.show_error(StackError("this terminal cannot be lent to an editor", where=chosen))
