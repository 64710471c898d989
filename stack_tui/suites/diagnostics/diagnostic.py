"""A diagnostic of a suite."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "note"]


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """A likely mistake in a case, or in the suite if `case` is empty, and its severity.

    `error`: no answer can meet the rules; `warning`: probably a mistake; `note`: worth checking.
    """

    case: str
    field: str
    level: Severity
    message: str
