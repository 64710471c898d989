"""Parse numbers as people and models write them."""

import re
from collections import deque
from decimal import Decimal

# Thousands are separated by commas or by the no-break and thin spaces of typeset text.
_NUMBER = re.compile(
    r"""
    (?<![0-9A-Za-z.])
    (?P<sign> (?<![\w)])[-+−] )?
    (?P<whole> [0-9]{1,3} (?:[,\u00a0\u2009\u202f][0-9]{3})+ (?![0-9]) | [0-9]+ | (?=\.[0-9]) )
    (?P<rest> (?:\.[0-9]+)? (?:[eE][-+]?[0-9]{1,3}(?![0-9]))? )
    """,
    re.VERBOSE,
)
_GROUPING = re.compile("[,\u00a0\u2009\u202f]")


def last_number(text: str) -> Decimal | None:
    """Return the last number in `text`, such as "1,234.5", "−3", "6e-7" or ".5"; None if none."""
    found = deque(_NUMBER.finditer(text), maxlen=1)
    if not found:
        return None
    last = found[0]
    sign = "-" if last["sign"] in ("-", "−") else ""
    whole = _GROUPING.sub("", last["whole"])
    return Decimal(f"{sign}{whole}{last['rest']}")
