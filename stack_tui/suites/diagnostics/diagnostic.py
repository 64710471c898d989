"""What looking over a suite brought up."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "note"]


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a case, or with `case` empty about the suite, and how grave it is.

    `error`: no answer can meet the rules; `warning`: most likely a mistake; `note`: worth a look.
    """

    case: str
    field: str
    level: Severity
    message: str
