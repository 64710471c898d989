"""What looking over a suite brought up."""

from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a case, or with `case` empty about the suite, and how grave it is.

    `error`: no answer can meet the rules; `warning`: most likely a mistake; `note`: worth a look.
    """

    case: str
    field: str
    level: Level
    message: str
