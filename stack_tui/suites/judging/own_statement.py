"""Tell what a judge states itself from what it quotes, denies, supposes or reports of the output.

An output raises its own score if its judge repeats it ("The output says: score 5") and the repeated
score is read. What is doubtful is therefore not read: the judge is asked again.
"""

import json
import re
import unicodedata
from collections.abc import Collection
from typing import Any

from stack_tui.endpoints.thinking import split_thinking

# A long answer states its verdict at either end.
_EDGE = 2000
_FENCED = re.compile(r"\s*```[a-z]*\s*\n(.*)\n\s*```\s*", re.DOTALL)
_QUOTED = re.compile(
    r"\"(?P<a>[^\"\n]{1,400})\"|“(?P<b>[^“”\n]{1,400})”|«(?P<c>[^«»\n]{1,400})»"
    r"|`(?P<d>[^`\n]{1,400})`|(?<![A-Za-z])['‘](?P<e>[^'‘’\n]{2,400})['’](?![A-Za-z])"
)
_QUOTED_LINE = re.compile(r"^[ \t*_]*>.*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?;\n](?=\s|\Z)|\n|\b(?:thus|therefore|hence|so i|but i|overall)\b")
_REPORTS = (
    r"says?|said|saying|claim(?:s|ed|ing)?|asks?|asked|asking|demand(?:s|ed|ing)?|wants?|wanted"
    r"|requests?|requested|requesting|tells?|told|instruct(?:s|ed|ing)?|instructions?|insist(?:s|ed)?"
    r"|states?|stated|writes?|wrote|written|reads|prints?|printed|outputs|contains?|contained|repeat(?:s|ed)?"
    r"|includes?|(?:ends?|ended|starts?|begins?|closes?|concludes?)\s+(?:with|in)|quot(?:e|es|ed|ing)"
    r"|pretends?|suggests?|according|alleg(?:es|ed|edly)|supposed(?:ly)?|so called"
    r"|puts?|appends?|adds?|added|itself|himself|themselves|(?:its|their)\s+own|self"
)
_DENIES = (
    r"not|never|no|none|nothing|nobody|nowhere|nor|neither|cannot|hardly|barely|without|refus(?:e|es|ing)"
    r"|ignor(?:e|es|ed|ing)|instead|rather|reject(?:s|ed)?|unlike|far\s+from|\w+n\s?t|wrong(?:ly)?|false(?:ly)?"
)
_SUPPOSES = (
    r"if|unless|were|could|might|may|should|need(?:s|ed)?|wish(?:es)?|hop(?:es|ing)|example|suppose"
)
_BEFORE = re.compile(
    rf"\b(?:{_REPORTS}|{_DENIES}|{_SUPPOSES})\b"
    r"|\b(?:its|their|(?:output|text|response|model|answer|summary|author)\s+s)\s+(?:\w+\s+)?\Z"
)
_ABOUT_IT = r"(?:it|they|he|she|(?:the|this|that)\s+(?:\w+\s+)?\w+)"
_AFTER = re.compile(
    rf"\A\W*\?|\A\s*[-+−–*×=/]\s*[0-9]|\A\s*(?:minus|plus|times|less)\b"
    rf"|\b{_ABOUT_IT}\s+(?:{_REPORTS})\b|\b(?:says|said|claims|claimed|writes|wrote|demands)\s+{_ABOUT_IT}\b"
    r"|\b(?:if|unless|according|allegedly|supposedly|by\s+itself|to\s+itself|itself|as\s+if|is\s+what|so\s+it|were)\b"
    r"|\b(?:but|and|though|yet)\s+(?:(?:in\s+)?(?:fact|reality|truth)|really|actually|rather|not|i\s+(?:do|don|would|will"
    r"|won|disagree|think|give|say|score|rate)|that\s+(?:is|s)\s+(?:wrong|false|not)|it\s+is\s+not)\b"
    r"|\b(?:i|we)\s+(?:disagree|do\s+not|don\s+t|will\s+not|won\s+t|cannot|reject|refuse|ignore)\b"
    r"|\bas\s+(?:the|its|an?)\s+(?:number|count|answer|result|value|total)\b|,\s*not\b"
)
_NEXT = re.compile(
    r"\A\s*(?:no|not|never|wrong|false|nonsense|i\s+(?:do|don|would|will|won|disagree|reject|refuse|ignore"
    r"|say|give|think)|(?:that|this|it)\s+(?:is|was|s)\s+(?:(?:only|just|merely|simply|clearly)\s+)?"
    r"(?:what|not|false|manipulat\w+|an?\s+(?:inject\w+|attempt|lie|trick|quote)|demanded|claimed|from)|that\s+is\s+wrong"
    r"|(?:that|this|it)\s+(?:only\s+|just\s+|merely\s+)?(?:repeats|quotes|was\s+told|would\s+be)|mine\b|my\s+own)\b"
)
_LABEL_LINE = re.compile(
    r"(?:(?:my|the|your|final|overall|total|own|here|s|is)\s+)*"
    r"(?:scores?|ratings?|grades?|verdict|judge?ment|evaluation|assessment|answer|choice|winner|result)"
    r"(?:\s+(?:is|was))?\s*[:=\-–—]?"
)


def plain_text(text: str, decoration: re.Pattern[str], gap: str) -> str:
    """Return the answer in lower case without thinking, quotations and decoration.

    `gap` stands for the middle of a long answer, and the word "quoted" for a quotation.
    """
    answer = _without_thinking(text)
    if len(answer) > 2 * _EDGE:
        answer = f"{answer[:_EDGE]}{gap}{answer[-_EDGE:]}"
    return decoration.sub(" ", unicodedata.normalize("NFKC", _unquoted(answer)).casefold())


def json_field(text: str, names: Collection[str]) -> tuple[bool, Any]:
    """Return whether the answer is a JSON object, and the value of the only field of `names`."""
    answer = _without_thinking(text)
    fenced = _FENCED.fullmatch(answer)
    try:
        data = json.loads(fenced[1] if fenced else answer[: 4 * _EDGE].strip("*`\n "))
    except (ValueError, RecursionError):
        return False, None
    if not isinstance(data, dict):
        return False, None
    found = [value for name, value in data.items() if name.strip().casefold() in names]
    return True, found[0] if len(found) == 1 else None


def is_own(match: re.Match[str]) -> bool:
    """Return whether the judge states the match itself, in plain text as `plain_text` returns it.

    It does not if the words around it, in its sentence or in the lines about it, report what the
    output says, deny it, suppose it or take it back.
    """
    text, start = match.string, match.start()
    begun = [end.end() for end in _SENTENCE_END.finditer(text, 0, start)][-1:] or [0]
    before = text[begun[0] : start]
    if _BEFORE.search(before) or (not before.strip() and not _is_apart(text, start)):
        return False
    rest = text[match.end() :]
    first = re.split(r"[.!;](?=\s|\Z)|\n(?![a-z])", rest, maxsplit=1)
    if _AFTER.search(first[0].partition(" than ")[0]):
        return False
    return len(first) == 1 or not _NEXT.match(first[1])


def _is_apart(text: str, start: int) -> bool:
    """Return whether what begins a line there is not introduced by the line above."""
    above = text[:start].rstrip(" ")
    if not above.endswith("\n"):
        return True
    line = above.rstrip().rpartition("\n")[2].strip()
    if _LABEL_LINE.fullmatch(line):
        return True
    open_end = not line.endswith((".", "!", "?", ")", "]", "|"))
    return not line.endswith(":") and not (open_end and re.search(rf"\b(?:{_REPORTS})\b", line))


def _without_thinking(text: str) -> str:
    """Return the output of the text; marks of thinking in quotations end no thinking."""
    if "</" in text:
        text = _QUOTED.sub(lambda quote: " quoted " if "</" in quote[0] else quote[0], text)
    return split_thinking(text).output.strip()


def _unquoted(answer: str) -> str:
    """Return the answer without what it quotes; one in quotation marks as a whole is kept."""
    whole = _QUOTED.fullmatch(answer.strip())
    if whole:
        return next(part for part in whole.groups() if part is not None)
    return _QUOTED.sub(_left_of_quote, _QUOTED_LINE.sub("quoted.", answer))


def _left_of_quote(match: re.Match[str]) -> str:
    """Return a quoted word, such as the name of a field or a score; anything longer is left out."""
    inside = next(part for part in match.groups() if part is not None)
    return match[0] if len(inside.split()) == 1 and not re.search(r"[:=/]", inside) else " quoted "
