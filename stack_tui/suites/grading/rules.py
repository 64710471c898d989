"""The rules a case can hold, one small function each, and the score that they make together."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from stack_tui.suites.grading import json_rule, number_rule, patterns
from stack_tui.suites.grading.phrases import FoldedText, contains
from stack_tui.suites.grading.sentences import count_sentences
from stack_tui.suites.model.case import Case, Phrase, Suite, as_list
from stack_tui.text import fold_case

MarkKind = Literal["required", "forbidden"]

_MARKS_A_PHRASE = 1000


@dataclass(frozen=True)
class Check:
    """What one rule found: of `total` things asked for, `failed` are not so."""

    total: int = 0
    failed: int = 0
    issues: tuple[str, ...] = ()

    @property
    def failing_share(self) -> Fraction:
        """The failing share, 0 for a rule that the case does not hold."""
        return Fraction(self.failed, self.total) if self.total else Fraction(0)


@dataclass(frozen=True)
class Grade:
    """The rule score from 0 to 1, and what cost it points."""

    score: float
    issues: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """A part of an output, by character, that a case's phrase or pattern matched."""

    start: int
    end: int
    kind: MarkKind
    phrase: str


def must_mention(case: Case, output: str) -> Check:
    """Each phrase, or one of its alternatives, occurs in any letter case."""
    text = fold_case(output)
    missing = [
        phrase
        for phrase in case.must_mention
        if not any(contains(text, alternative) for alternative in as_list(phrase))
    ]
    return _listed("missing required", len(case.must_mention), missing)


def must_not_mention(case: Case, output: str) -> Check:
    """No phrase occurs, in whatever letter case."""
    text = fold_case(output)
    present = [phrase for phrase in case.must_not_mention if contains(text, phrase)]
    return _listed("contains forbidden", len(case.must_not_mention), present)


def regex(case: Case, output: str) -> Check:
    """Each pattern matches somewhere."""
    return _patterns(as_list(case.regex), output, wanted=True, issue="does not match")


def not_regex(case: Case, output: str) -> Check:
    """No pattern matches anywhere."""
    return _patterns(as_list(case.not_regex), output, wanted=False, issue="matches forbidden")


def max_chars(case: Case, output: str) -> Check:
    """At most so many characters."""
    return _at_most(case.max_chars, len(output), "characters")


def max_words(case: Case, output: str) -> Check:
    """At most so many words, words being what white space parts."""
    return _at_most(case.max_words, len(output.split()), "words")


def max_sentences(case: Case, output: str) -> Check:
    """At most so many sentences."""
    return _at_most(case.max_sentences, count_sentences(output), "sentences")


def equals(case: Case, output: str) -> Check:
    """The output is that text, letter case and white space around it aside."""
    if case.equals is None:
        return Check()
    met = _bare(output) == _bare(case.equals)
    return _single(met, f"not equal to: {case.equals!r}")


def one_of(case: Case, output: str) -> Check:
    """The output is one of those texts, letter case and white space around it aside."""
    if not case.one_of:
        return Check()
    met = _bare(output) in map(_bare, case.one_of)
    return _single(met, f"not one of: {list(case.one_of)}")


def starts_with(case: Case, output: str) -> Check:
    """The output begins so, letter case and white space before it aside."""
    if case.starts_with is None:
        return Check()
    met = _bare(output).startswith(_bare(case.starts_with))
    return _single(met, f"does not start with: {case.starts_with!r}")


def json_schema(case: Case, output: str) -> Check:
    """The whole output is JSON that the schema allows."""
    if case.json_schema is None:
        return Check()
    problem = json_rule.problem(case.json_schema, output)
    return _single(not problem, problem)


def number(case: Case, output: str) -> Check:
    """The last number in the output, which is where an answer ends, is within the tolerance."""
    if case.number is None:
        return Check()
    value, tolerance = Decimal(str(case.number.value)), Decimal(str(case.number.tolerance))
    wanted = f"{case.number.value:g}" + (f" ± {case.number.tolerance:g}" if tolerance else "")
    found = number_rule.last_number(output)
    if found is None:
        return _single(False, f"no number, wanted: {wanted}")
    return _single(abs(found - value) <= tolerance, f"number {found} is not {wanted}")


Rule = Callable[[Case, str], Check]
GUIDE_RULES: dict[str, Rule] = {rule.__name__: rule for rule in (must_mention, must_not_mention)}
FURTHER_RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        regex,
        not_regex,
        max_chars,
        max_words,
        max_sentences,
        equals,
        one_of,
        starts_with,
        json_schema,
        number,
    )
}


def grade(case: Case, suite: Suite, output: str) -> Grade:
    """Return the score by the guide's formula: 1, less what each kind of rule costs, at least 0.

    Each of the guide's lists costs half its failing share, and so do the further rules together; an
    output longer than its input costs 0.2. May take patterns.TIMEOUT_S for each pattern.
    """
    guide = [rule(case, output) for rule in GUIDE_RULES.values()]
    further = [rule(case, output) for rule in FURTHER_RULES.values()]
    issues = [issue for check in guide for issue in check.issues]
    together = Check(sum(check.total for check in further), sum(check.failed for check in further))
    cost = sum((check.failing_share for check in (*guide, together)), Fraction(0)) / 2
    if suite.length_check and len(output) > len(case.input):
        cost += Fraction(1, 5)
        issues.append("summary longer than input")
    issues += [issue for check in further for issue in check.issues]
    return Grade(float(max(Fraction(0), 1 - cost)), tuple(issues))


def marks(case: Case, output: str) -> list[Mark]:
    """Return what matched in the output, in its order; without patterns that take too long."""
    text = FoldedText(output)
    required = [alternative for phrase in case.must_mention for alternative in as_list(phrase)]
    found = [
        *_phrase_marks(text, "required", required),
        *_phrase_marks(text, "forbidden", case.must_not_mention),
        *_pattern_marks(output, "required", as_list(case.regex)),
        *_pattern_marks(output, "forbidden", as_list(case.not_regex)),
    ]
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def _phrase_marks(text: FoldedText, kind: MarkKind, phrases: Iterable[str]) -> Iterator[Mark]:
    for phrase in phrases:
        for start, end in text.find(phrase, _MARKS_A_PHRASE):
            yield Mark(start, end, kind, phrase)


def _pattern_marks(output: str, kind: MarkKind, expressions: Iterable[str]) -> Iterator[Mark]:
    for pattern in expressions:
        with suppress(TimeoutError):
            for start, end in patterns.spans(pattern, output, _MARKS_A_PHRASE):
                yield Mark(start, end, kind, pattern)


def _patterns(expressions: tuple[str, ...], output: str, *, wanted: bool, issue: str) -> Check:
    failed: list[Phrase] = []
    too_slow: list[Phrase] = []
    for pattern in expressions:
        try:
            if (patterns.search(pattern, output) is None) == wanted:
                failed.append(pattern)
        except TimeoutError:
            too_slow.append(pattern)
    checks = (_listed(issue, 0, failed), _listed("pattern took too long", 0, too_slow))
    issues = tuple(text for check in checks for text in check.issues)
    return Check(len(expressions), len(failed) + len(too_slow), issues)


def _listed(issue: str, total: int, phrases: Iterable[Phrase]) -> Check:
    shown = [phrase if isinstance(phrase, str) else list(phrase) for phrase in phrases]
    return Check(total, len(shown), (f"{issue}: {shown}",) if shown else ())


def _at_most(limit: int | None, length: int, unit: str) -> Check:
    if limit is None:
        return Check()
    return _single(length <= limit, f"longer than {limit} {unit}: {length}")


def _single(met: bool, issue: str) -> Check:
    return Check(1) if met else Check(1, 1, (issue,))


def _bare(text: str) -> str:
    return fold_case(text).strip()
