"""Parse numbers as people and models write them, in English and in continental notation."""

import re
from collections import deque
from decimal import Decimal

_SPACES = "\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"""
    (?<![0-9A-Za-z.])
    (?P<sign> (?<![\w)])[-+−] )?
    (?P<digits> [0-9]+ (?:[.,{_SPACES}][0-9]+)* | \.[0-9]+ )
    (?P<exponent> (?:[eE][-+]?[0-9]{{1,3}}(?![0-9]))? )
    """,
    re.VERBOSE,
)
# Thousands, and the Indian grouping 12,34,567.
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?=[.,]|$)")
# More digits than any answer has: an output that goes on and on is not worth the arithmetic.
_MOST_CHARACTERS = 400
_TRIED = 16


def last_number(text: str) -> Decimal | None:
    """Return the last number in `text`, None if there is none.

    Of two kinds of marks the last one is the decimal mark (1,234.5 and 1.234,5). One comma groups
    thousands if three digits follow it (1,234) and is a decimal mark otherwise (10,5); one point is
    always a decimal mark. Several of a kind group (1.234.567), or commas separate numbers (3,4,5).
    Texts such as 1.2.3 and 12.05.2024 are no numbers.
    """
    for found in reversed(deque(_NUMBER.finditer(text), maxlen=_TRIED)):
        digits = "" if len(found[0]) > _MOST_CHARACTERS else _plain(found["digits"])
        if digits:
            sign = "-" if found["sign"] in ("-", "−") else ""
            return Decimal(f"{sign}{digits}{found['exponent']}")
    return None


def _plain(digits: str) -> str:
    """Return the digits with a point as decimal mark and no other; "" if they are no number."""
    if spaced := _SPACED.match(digits):
        digits = re.sub(f"[{_SPACES}]", "", spaced[0]) + digits[spaced.end() :]
        return digits.replace(",", ".") if digits.count(",") + digits.count(".") == 1 else digits
    digits = re.split(f"[{_SPACES}]", digits)[-1]
    commas, points = digits.count(","), digits.count(".")
    if not commas:
        return digits if points < 2 else _ungrouped(digits.replace(".", ","))
    if not points:
        if _groups(digits):
            return _ungrouped(digits)
        return digits.replace(",", ".") if commas == 1 else digits.rpartition(",")[2]
    decimal, group = (",", ".") if digits.rfind(",") > digits.rfind(".") else (".", ",")
    whole, _, fraction = digits.rpartition(decimal)
    if _groups(grouped := whole.replace(group, ",")) and decimal not in whole:
        return f"{_ungrouped(grouped)}.{fraction}"
    separate = digits.rpartition(",")[2]
    return separate if separate.count(".") < 2 else ""


def _groups(digits: str) -> bool:
    return bool(_GROUPED.fullmatch(digits)) and not digits.startswith("0")


def _ungrouped(digits: str) -> str:
    return digits.replace(",", "") if _groups(digits) else ""
