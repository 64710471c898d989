"""Held-out cases, redacted until the user reveals them, which is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.runs import holdout_access_log
from stack_tui.runs.redact import HIDDEN
from stack_tui.tui.host import Host
from stack_tui.tui.ui.blocks import Block, line

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case


def count_look(host: Host, suite: str, what: str) -> bool:
    """Log an access to a suite's held-out cases; return False, and show why, if that fails."""
    try:
        holdout_access_log.log_access(host.results, suite, what)
    except StackError as error:
        host.show_error(error)
        return False
    host.show_message("Held-out cases revealed; this access was logged.")
    return True


def held_out() -> Block:
    """Return the line above a held-out sample."""
    return line(("held out, scored apart; ", "dim"), ("H", "accent"), (" shows its texts", "dim"))


def sealed_case(case: Case) -> Case:
    """Return a held-out case with nothing but its name and labels."""
    from stack_tui.suites.model.case import Case

    return Case(id=case.id, input=HIDDEN, labels=case.labels, cluster=case.cluster, holdout=True)
