"""What can be done with the run that is shown, in the list and on the whole screen."""

from collections.abc import Callable

from textual.dom import DOMNode

from stack_tui.tui.host import Host, host_of
from stack_tui.tui.runs import actions
from stack_tui.tui.state.snapshot import RunCard

_RESUMABLE = ("stopped", "interrupted", "errors", "failed")


class RunKeys(DOMNode):
    """The actions of for whatever shows a run as `current`."""

    @property
    def current(self) -> RunCard | None:
        """The run that is meant."""
        return None

    def action_stop(self) -> None:
        self.with_current(actions.stop)

    def action_resume(self) -> None:
        self.with_current(actions.resume)

    def action_pause(self) -> None:
        self.with_current(actions.pause_or_proceed)

    def action_limit(self) -> None:
        self.with_current(actions.ask_limit)

    def action_again(self) -> None:
        self.with_current(actions.grade_again)

    def with_current(self, action: "Callable[[Host, RunCard], None]") -> None:
        """Do that to the run that is meant, where there is one."""
        if card := self.current:
            action(host_of(self), card)


def allowed(action: str, card: RunCard | None) -> bool | None:
    """Say whether the run can be told so now; None greys it out, True for all other actions."""
    if action in ("stop", "pause", "limit"):
        return True if card and card.active else None
    if action == "resume":
        return True if card and not card.problem and card.phase in _RESUMABLE else None
    return True
