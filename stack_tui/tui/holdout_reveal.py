"""Held-out cases: hidden until the user reveals them, which is logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.runs.holdout import HIDDEN, HoldoutAccess, log_access
from stack_tui.tui.host import Host
from stack_tui.tui.ui.blocks import Block, line

KeyFor = Callable[[str], str]
"""Returns the key in force for a binding's id."""

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case


def log_reveal(host: Host, suite: str, what: str) -> HoldoutAccess | None:
    """Log an access to a suite's held-out cases and return it, None if that failed; report both."""
    try:
        access = log_access(host.results, suite, what)
    except StackError as error:
        host.show_error(error)
        return None
    host.show_message("Held-out cases revealed; this access was logged.")
    return access


def show_hint(host: Host, binding: str) -> None:
    """Show which key, by the id of its binding, reveals held-out texts."""
    host.show_message(f"Held out. {host.key_for(binding)} reveals it and logs the access.")


def held_out(key_for: KeyFor) -> Block:
    """Return the line above a held-out sample."""
    key = key_for("sample.holdout")
    return line(("held out, scored separately; ", "dim"), (key, "accent"), (" reveals it", "dim"))


def redacted_case(case: Case) -> Case:
    """Return the case without its texts and rules."""
    from stack_tui.suites.model.case import Case

    return Case(id=case.id, input=HIDDEN, labels=case.labels, cluster=case.cluster, holdout=True)
