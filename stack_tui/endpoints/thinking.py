"""Split a model's text into its thinking and its output, whatever marks the thinking has.

docs/suites.md lists the marks with an example each; a test compares both.
"""

import re
from typing import NamedTuple

# Tags that prompts ask for as well count only where the text begins with them.
_ASKED_FOR = ("thought", "reasoning")
_TAGS = ("think", "thinking", "seed:think", *_ASKED_FOR)
_PAIRS = (
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<|channel>thought", "<channel|>"),
)
_FAMILY = {mark: opening for opening, closing in _PAIRS for mark in (opening, closing)}
_MARK = re.compile(
    rf"<(?P<slash>/?)(?P<tag>{'|'.join(_TAGS)})(?:\s[^<>]{{0,200}})?>"
    rf"|(?P<mark>{'|'.join(map(re.escape, _FAMILY))})",
    re.IGNORECASE,
)
_ANSWER_MARKS = re.compile(
    r"<\|(?:START|END)_RESPONSE\|>|<\|(?:begin|end)_of_solution\|>", re.IGNORECASE
)

_HARMONY_BEGINS = re.compile(
    r"\s*(?:<\|start\|>\w*)?<\|channel\|>|\s*(?:analysis|final)<\|message\|>"
)
_HARMONY_PART = re.compile(
    r"(?:<\|channel\|>|\A)\s*(?P<channel>\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
    r"(?P<text>.*?)(?P<end><\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
# Harmony as it looks once a server has removed the special tokens.
_BARE_HARMONY = re.compile(r"\s*analysis(?P<thought>.*)assistant\s?final(?P<output>.*)", re.DOTALL)

_INLINE_CHARS = 80
_SPACES = re.compile(r"\s*")
_BEFORE_MENTION = re.compile(r"[\w,;][ \t]\Z")
_AFTER_MENTION = re.compile(r"[ \t]+[a-z]|[.,;:)]")
_QUOTES = "`\"'“”‘’«»"


class Thought(NamedTuple):
    """A text in two parts; `unfinished` if it ends while the model was still thinking."""

    reasoning: str
    output: str
    unfinished: bool = False


class _Mark(NamedTuple):
    family: str
    opens: bool
    start: int
    end: int
    closed_at: int | None
    """For an opening mark, the index of the mark that closes it."""


def split_thinking(text: str) -> Thought:
    """Return the thinking and the output of a text; one without marks is all output.

    The output is what follows the last thinking, or what stands ahead of it if nothing follows.
    Chat templates that open the thinking themselves leave the closing mark alone. Marks that a
    sentence mentions, as in "use <think> and </think>", or that stand in quotes are text.
    """
    if _HARMONY_BEGINS.match(text):
        return _split_harmony(text)
    if bare := _BARE_HARMONY.fullmatch(text):
        return Thought(bare["thought"].strip(), bare["output"].lstrip())
    marks = _marks(text)
    if not marks:
        return Thought("", text)
    return _split_marked(text, marks)


def _split_marked(text: str, marks: list[_Mark]) -> Thought:
    thoughts: list[str] = []
    ahead: str | None = None
    begin = place = 0
    while place < len(marks):
        mark = marks[place]
        if _is_quoted(text, mark):
            place += 1
        elif not _counts(text, mark, marks, begin):
            place = (mark.closed_at or place) + 1
        elif not mark.opens:
            thoughts.append(text[begin : mark.start])
            ahead, begin, place = None, mark.end, place + 1
        elif mark.closed_at is None:
            thoughts += [text[begin : mark.start], text[mark.end :]]
            return Thought(_joined(thoughts), "", unfinished=True)
        else:
            closing = marks[mark.closed_at]
            ahead = text[begin : mark.start].strip()
            thoughts += [ahead, text[mark.end : closing.start]]
            begin, place = closing.end, mark.closed_at + 1
    if not thoughts:
        return Thought("", text)
    output = _ANSWER_MARKS.sub("", text[begin:]).lstrip()
    if ahead and not output.strip():
        del thoughts[-2]
        output = ahead
    return Thought(_joined(thoughts), output)


def _marks(text: str) -> list[_Mark]:
    """Return the marks in order, each opening one with the closing one that follows it."""
    found: list[_Mark] = []
    closings: dict[str, int] = {}
    matches = list(_MARK.finditer(text))
    for place in range(len(matches) - 1, -1, -1):
        match = matches[place]
        if match["tag"]:
            family, opens = match["tag"].casefold(), not match["slash"]
        else:
            spelled = next(mark for mark in _FAMILY if mark.casefold() == match[0].casefold())
            family = _FAMILY[spelled]
            opens = spelled == family
        closed_at = closings.get(family) if opens else None
        if not opens:
            closings[family] = place
        found.append(_Mark(family, opens, match.start(), match.end(), closed_at))
    return found[::-1]


def _is_quoted(text: str, mark: _Mark) -> bool:
    around = text[max(0, mark.start - 1) : mark.start], text[mark.end : mark.end + 1]
    return all(sign and sign in _QUOTES for sign in around)


def _counts(text: str, mark: _Mark, marks: list[_Mark], begin: int) -> bool:
    """Return whether the mark begins or ends thinking, and is not just mentioned."""
    leads = _SPACES.fullmatch(text, begin, mark.start) is not None
    if mark.family in _ASKED_FOR:
        return mark.opens and begin == 0 and leads
    if leads and mark.opens:
        return True
    inline = _BEFORE_MENTION.search(text, max(begin, mark.start - 2), mark.start) is not None
    if not inline:
        return True
    if mark.opens and mark.closed_at is None:
        return False
    closing = marks[mark.closed_at] if mark.closed_at is not None else mark
    inside = mark.end if mark.opens else begin, closing.start
    short = inside[1] - inside[0] < _INLINE_CHARS and "\n" not in text[slice(*inside)]
    return not (short and _AFTER_MENTION.match(text, closing.end))


def _split_harmony(text: str) -> Thought:
    """Return the parts of the analysis and commentary channels, and those of the final one."""
    thoughts: list[str] = []
    outputs: list[str] = []
    finished = False
    for part in _HARMONY_PART.finditer(text):
        (outputs if part["channel"] == "final" else thoughts).append(part["text"])
        finished = bool(part["end"])
    output = "".join(outputs).lstrip()
    return Thought(_joined(thoughts), output, unfinished=not outputs and not finished)


def _joined(thoughts: list[str]) -> str:
    return "\n".join(filter(None, (thought.strip() for thought in thoughts)))
