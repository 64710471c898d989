"""Work beside the screens, in threads that never hold up leaving."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from stack_tui.errors import StackError

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")


def run(
    app: "App[Any]",
    work: Callable[[], T],
    then: Callable[[T], object],
    failed: Callable[[StackError], object],
) -> None:
    """Do the work in a thread, then call `then` with its result or `failed` in the app's own."""

    def target() -> None:
        try:
            result = work()
        except StackError as error:
            _hand_over(app, failed, error)
        except Exception as error:
            _hand_over(app, _raise, error)
        else:
            _hand_over(app, then, result)

    threading.Thread(target=target, daemon=True).start()


def _hand_over(app: "App[Any]", call: Callable[[Any], object], argument: object) -> None:
    with suppress(RuntimeError):  # the app was left meanwhile
        app.call_later(call, argument)


def _raise(error: Exception) -> None:
    raise error
