"""Make text from models, datasets and servers safe to display; the raw text stays on disk."""

import re
import unicodedata

_REPLACEMENT = "\ufffd"
# The limit of Unicode's stream-safe text format.
_MOST_MARKS = 30
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\ufeff\ufe00-\ufe0e\U000e0000-\U000e0fff]"
)
_REPLACED = re.compile(
    "[\x80-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb]"
)
_ACTED_UPON = re.compile(f"{INVISIBLE.pattern}|{_REPLACED.pattern}|\x7f")
_C0 = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"} | {
    0x7F: "\u2421"
}
_NEEDS_WORK = re.compile("[^\n\t\x20-\x7e]")


def printable(text: str) -> str:
    """Return `text` without anything that a terminal or a bidi renderer would act upon.

    C0 controls except newline and tab become visible glyphs; C1, bidi controls, line separators
    and lone surrogates become U+FFFD; zero-width and tag characters are dropped.
    """
    if not _NEEDS_WORK.search(text):
        return text
    return _REPLACED.sub(_REPLACEMENT, INVISIBLE.sub("", text.replace("\r\n", "\n").translate(_C0)))


def visible(text: str) -> str:
    """Return `text` as `printable` does, but character by character, as a cursor needs it."""
    if not _NEEDS_WORK.search(text):
        return text
    return _REPLACED.sub(_REPLACEMENT, INVISIBLE.sub(_REPLACEMENT, text.translate(_C0)))


def escaped_in_json(text: str) -> str:
    """Return JSON with every character that `printable` changes as an escape: its data is equal."""
    return _ACTED_UPON.sub(_json_escape, text) if _NEEDS_WORK.search(text) else text


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def one_line(text: str, limit: int = 400) -> str:
    """Return the printable start of `text` on one line; cut to `limit` characters, it ends in …."""
    head = " ".join(printable(text[: limit * 4]).split())
    return head if len(head) <= limit and len(text) <= limit * 4 else head[: limit - 1] + "…"


def well_formed(text: str) -> str:
    """Return `text` with lone surrogates, which UTF-8 cannot encode, replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def fold_case(text: str) -> str:
    """Return `text` in the form in which phrases are compared: NFC and case-folded."""
    return unicodedata.normalize("NFC", without_stacks(text)).casefold()


def without_stacks(text: str) -> str:
    """Return `text` with at most 30 combining marks on a character, as no language has more.

    Normalization takes time in the square of their number: 256,000 take more than 12 s.
    """
    if len(text) <= _MOST_MARKS or text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
