"""Text as a hostile model, dataset or server sends it, and the proof that a terminal got none."""

import codecs
import re

OUT_OF_VIEW = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore the above")
LONE_SURROGATE = "\ud800"
HOSTILE = {
    "title": "\x1b]0;PWNED title\x07",
    "clipboard": "\x1b]52;c;UFdORUQ=\x07",
    "hyperlink": "\x1b]8;;http://pwned.example\x1b\\PWNED link\x1b]8;;\x1b\\",
    "cursor": "\x1b[7;77HPWNED cursor",
    "scrollback": "\x1b[3J",
    "scroll region": "\x1b[5;6r",
    "reset": "\x1bc",
    "device control": "\x1bP$qPWNED\x1b\\",
    "answerback": "\x05\x1b[5n",
    "bell": "\x07",
    "carriage return": "right\rwrong",
    "C1": "\x9b7;77H\x9d0;PWNED title\x9c\x85",
    "bidi": "\u202eetirw\u202c \u2066isolated\u2069 \u200f\u061c",
    "invisible": f"zero\u200bwidth\ufeff {OUT_OF_VIEW}",
    "line separators": "one\u2028two\u2029three",
    "action markup": "[@click=app.quit]PWNED action[/]",
    "link markup": "[link=http://pwned.example]PWNED[/link]",
    "broken markup": "AA [/nope] [b",
    "lone surrogate": f"half {LONE_SURROGATE} pair",
}
ALL = "\n".join(HOSTILE.values())
LONG_LINE = "[b" * 262_144 + "\x1b]0;PWNED title\x07" + "x" * 524_288

_MARKERS = ("PWNED", "pwned.example", "UFdORUQ=")
_SEQUENCES = (
    b"\x1b]0;",
    b"\x1b]2;",
    b"\x1b]52",
    b"\x1b]8",
    b"\x1b[7;77H",
    b"\x1b[3J",
    b"\x1b[5;6r",
)
_SEQUENCES_NEVER_NEEDED = (b"\x1bc", b"\x1bP", b"\x1b[5n", b"\x1b_", b"\x1b^", b"\x05")
_CHARACTERS = re.compile(
    "[\x80-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_CONTROL_STRING = re.compile(rb"\x1b[\]PX^_]([^\x07\x1b]*)")


def assert_harmless(raw: bytes) -> None:
    """Fail if what a program wrote holds anything that HOSTILE would have a terminal act upon.

    It must be UTF-8 up to a character cut off at the end.
    """
    for sequence in (*_SEQUENCES, *_SEQUENCES_NEVER_NEEDED):
        assert sequence not in raw, _found(raw, raw.index(sequence))
    for control in _CONTROL_STRING.finditer(raw):
        inside = control[1].decode(errors="replace")
        assert not any(marker in inside for marker in _MARKERS), _found(raw, control.start())
    text = codecs.getincrementaldecoder("utf-8")().decode(raw)
    if acted_on := _CHARACTERS.search(text):
        around = text[max(0, acted_on.start() - 60) : acted_on.end() + 60]
        raise AssertionError(f"wrote U+{ord(acted_on[0]):04X} in {around!a}")
    assert "Traceback (most recent call last)" not in text, text[-2000:]


def _found(raw: bytes, at: int) -> str:
    return f"wrote {raw[max(0, at - 60) : at + 60]!r}"
