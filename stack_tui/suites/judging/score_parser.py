"""Parse the score, from 1 to 5, from a judge's answer; None rather than a guess."""

import re
from collections.abc import Iterable

from stack_tui.suites.judging.own_statement import is_own, json_field, plain_text

LOWEST, HIGHEST = 1.0, 5.0

_SPACES = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")
_DECORATION = re.compile(r"""[*_`#>"'“”‘’$]+|\\boxed""")
_SCALE = re.compile(
    r"\b(?:between\s+1\s+and\s+(?:5|10)|(?:from\s+)?1\s*(?:to|through|[-–—])\s*(?:5|10))\b"
    r"|(?<![0-9])(?<![0-9]\s)\bout\s+of\s+(?:5|10)\b"
)
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_WORD = re.compile(r"(\A\W*|[:=]\s*)\b(one|two|three|four|five)\b(?=\W*(?:\n|\Z))")

_NUMBER = (
    r"(?<![\w.,/+-])(?P<value>[0-9]{1,3}(?:\.[0-9]{1,3})?)"
    r"(?:\s*[(\[]?\s*(?:/|\bout\s+of\b)\s*(?P<of>[0-9]{1,3})(?:\.0+)?\s*[)\]]?)?+"
    r"(?:\s*(?:(?:stars?|points?|punkte?n?|puntos?|punti|pontos)\b|[分点점]))?+(?![\w%/+]|[.,][0-9])"
)
# What may follow a score; any other number is followed by what it counts.
_FOLLOW = (
    r"(?=\s*(?:\Z|[.;:!?()\]},|<—–]|-\s"
    r"|(?:because|since|as|for|on|due|given|overall|but|with|which)\b)|[ \t]*\n)"
)
_BETWEEN = (
    r"a|an|answer|as|at|be|d|final|for|i|is|it|its|me|my|of|on|overall|s|scale|score|solid|strong"
    r"|that|the|this|to|was|with|would"
)
_SIGNS = r"[\s:=\-–—()\[\]{,|]++"
_BARE_FILLER = rf"(?:{_SIGNS}|(?:{_BETWEEN})\b)*+"
_FILLER = rf"(?:{_SIGNS}|(?:{_BETWEEN}|output|response|summary)\b)*+"
_LABEL = (
    r"\b(?:scored?|scoring|rate[ds]?|rating|graded?|verdict|judge?ment|evaluation|assessment"
    r"|give|giving|assign(?:ed)?|award(?:ed)?|given|deserves|earns|gets?|receives|say|go"
    # How judges that write another language name their score.
    r"|评分|得分|分数|评级|評分|スコア|評価|点数|점수|оценка|балл|ocena|bewertung|wertung|punktzahl|betyg"
    r"|puntuación|puntaje|calificación|punteggio|valutazione|avaliação|pontuação"
    # In English these two are other words: only before a number on a scale.
    r"|not[ea](?=\W{0,3}[0-9.]{1,4}\s?/))\b"
)
# An output's own answer, result or value is a number of its text and no score.
_ALONE = re.compile(rf"(?:{_LABEL})?{_BARE_FILLER}(?:{_LABEL})?{_BARE_FILLER}{_NUMBER}\W*")
_LABELLED = re.compile(
    rf"(?:\b(?P<final>final|overall|total|revised|corrected|updated|adjusted)\s+)?{_LABEL}{_FILLER}{_NUMBER}{_FOLLOW}"
)
_LEADING = re.compile(rf"\s*{_NUMBER}{_FOLLOW}(?!\s*\))")
_FIELDS = ("score", "rating", "grade", "final_score", "overall_score", "final score", "overall")
_PERCENT = re.compile(r"(?<![\w.,/])([0-9]{1,3})\s?%(?=\s*(?:\Z|\n|[.;]))")
_LIST_ITEM = re.compile(r"\n\s*[0-9]{1,2}[.)]\s")
_SECOND = re.compile(r"\s*(?:[-–—~,/&]|\b(?:to|or|and)\b)\s*[0-9]")


def parse_score(text: str) -> float | None:
    """Return the only score that `text` states, None if it states none or several.

    The thinking of a reasoning model is skipped, and so is what the judge quotes, denies, supposes
    or reports of the output. A final or revised score comes first. A score out of 10 or 100, or in
    percent, is converted to the scale of 5; a result outside of 1 to 5 does not count.
    """
    is_object, value = json_field(text, _FIELDS)
    if is_object:
        return None if isinstance(value, dict | list | bool | None) else parse_score(str(value))
    plain = _plain(text)
    labelled = _labelled(plain)
    final = [match for match in labelled if match["final"]]
    for found in (final, _alone(plain), labelled, _leading(plain)):
        if found:
            return _only(match for match in found if is_own(match))
    return None


def _plain(text: str) -> str:
    """Return the plain text without words about the scale."""
    # The x's keep a number that is cut in two from counting.
    plain = _NEWLINES.sub("\n", _SPACES.sub(" ", plain_text(text, _DECORATION, "x x")))
    digits = _WORD.sub(lambda match: match[1] + _WORDS[match[2]], plain)
    digits = _PERCENT.sub(r"\1/100", digits)
    return _SCALE.sub(" ", digits).strip()


def _alone(plain: str) -> list[re.Match[str]]:
    """Return the lines that contain a score and little else."""
    lines = re.finditer(r"[^\s\n](?:[^\n]*[^\s\n])?", plain)
    matches = (_ALONE.fullmatch(plain, *line.span()) for line in lines)
    return [match for match in matches if match]


def _labelled(plain: str) -> list[re.Match[str]]:
    """Return the labelled scores."""
    return list(_LABELLED.finditer(plain))


def _leading(plain: str) -> list[re.Match[str]]:
    """Return the score that the text begins with, unless it numbers a list's first item."""
    match = _LEADING.match(plain)
    return [match] if match and not _LIST_ITEM.search(plain) else []


def _only(matches: Iterable[re.Match[str]]) -> float | None:
    scores = {_score(match) for match in matches}
    return scores.pop() if len(scores) == 1 else None


def _score(match: re.Match[str]) -> float | None:
    """Return the matched number on the scale of 5; None if it is outside or part of a range."""
    highest = int(match["of"] or 5)
    if highest not in (5, 10, 100) or _SECOND.match(match.string, match.end()):
        return None
    score = float(match["value"]) * HIGHEST / highest
    return score if LOWEST <= score <= HIGHEST else None
