"""What is done beside the screens: said while it lasts, told when it is over, or given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from stack_tui.errors import StackError
from stack_tui.tui import jobs

if TYPE_CHECKING:
    from stack_tui.tui.app import StackApp

T = TypeVar("T")


class BusyIndicator:
    """Keeps the app's `busy` as things begin and end."""

    def __init__(self, stack: StackApp) -> None:
        self._stack = stack
        self._doing: dict[object, str] = {}

    def do(self, doing: str, work: Callable[[], T], said: Callable[[T], str]) -> None:
        """Do the work; say meanwhile `doing`, and then what `said` returns."""
        token = object()
        self._doing[token] = doing
        self._show()

        def over() -> bool:
            waited = self._doing.pop(token, None) is not None
            self._show()
            self._stack.look_again()
            return waited

        def then(result: T) -> None:
            if over() and (message := said(result)):
                self._stack.tell(message)

        def failed(error: StackError) -> None:
            if over():
                self._stack.tell_error(error)

        jobs.run(self._stack, work, then, failed)

    def give_up(self) -> None:
        """Wait no longer for what began last; nothing more is told of it."""
        if self._doing:
            _, doing = self._doing.popitem()
            self._show()
            self._stack.tell(f"No longer waiting for: {doing}. What has begun may still happen.")

    def _show(self) -> None:
        self._stack.busy = tuple(self._doing.values())
        self._stack.refresh_bindings()
