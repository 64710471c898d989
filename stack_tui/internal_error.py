"""Unexpected exceptions as failures of the one sample that met them, with the place named."""

import logging
import traceback
from pathlib import Path

import stack_tui
from stack_tui.errors import Failure
from stack_tui.text import one_line

_log = logging.getLogger(__name__)
_PACKAGE = Path(stack_tui.__file__).parent


def internal_failure(error: Exception) -> Failure:
    """Return the failure of a sample that `error` interrupted, and log where it was raised.

    The message names exception type, file and line. The log gets the stack as well, but never the
    raw text of the exception: a server may have written it.
    """
    what = logged(error)
    return Failure(
        kind="internal",
        message=what,
        remedy="Resume the run to try this sample again. worker.log holds the stack; report it.",
    )


def logged(error: BaseException, level: int = logging.ERROR) -> str:
    """Log the exception with its stack, without its raw text, and return what describes it."""
    what = describe(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.log(level, "%s\n%s", what, frames.rstrip())
    return what


def describe(error: BaseException) -> str:
    """Return the exception's type, place and text, such as `KeyError in suites/x.py:7: 'id'`.

    The place is the innermost line of this package that is not the engine's own, else the
    innermost line of all.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(Path(frame.filename))]
    place = ""
    if last := (own or frames)[-1:]:
        path = Path(last[0].filename)
        name = path.relative_to(_PACKAGE).as_posix() if own else path.name
        place = f" in {name}:{last[0].lineno}"
    text = one_line(str(error), 300)
    return f"{type(error).__name__}{place}" + (f": {text}" if text else "")


def _is_own(path: Path) -> bool:
    return path.is_relative_to(_PACKAGE) and not path.is_relative_to(_PACKAGE / "runner")
