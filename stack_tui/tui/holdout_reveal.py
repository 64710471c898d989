"""Held-out cases, as the screens show them until you ask for their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.runs.holdout import HIDDEN, HoldoutAccess, log_access
from stack_tui.tui.host import Host
from stack_tui.tui.ui.blocks import Block, line

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case


def count_look(host: Host, suite: str, what: str) -> HoldoutAccess | None:
    """Log an access to a suite's held-out cases and return it, None if that failed; report both."""
    try:
        access = log_access(host.results, suite, what)
    except StackError as error:
        host.show_error(error)
        return None
    host.show_message("Held-out cases are shown; this look is counted.")
    return access


def held_out() -> Block:
    """Return the line above a held-out sample."""
    return line(("held out, scored apart; ", "dim"), ("H", "accent"), (" shows its texts", "dim"))


def sealed_case(case: Case) -> Case:
    """Return the case without its texts and rules."""
    from stack_tui.suites.model.case import Case

    return Case(id=case.id, input=HIDDEN, labels=case.labels, cluster=case.cluster, holdout=True)
