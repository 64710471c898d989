"""The rules a case can hold, a function each, and the score that they make together.

A rule returns its verdict and the places in the output that it rests on from one search, so that
what a screen highlights is what the grade was given for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from stack_tui.runs.rule_issue import RuleIssue
from stack_tui.suites.grading import json_rule, number_rule, patterns
from stack_tui.suites.grading.phrases import FoldedText, fold_phrase
from stack_tui.suites.grading.sentences import count_sentences
from stack_tui.suites.model.case import Case, Phrase, Suite, as_list

MarkKind = Literal["required", "forbidden"]

_MARKS_PER_PHRASE = 1000
# What an output longer than its input loses.
LENGTH_COST = Fraction(1, 5)


@dataclass(frozen=True)
class Mark:
    """A part of an output, by character, that a case's phrase or pattern matched."""

    start: int
    end: int
    kind: MarkKind
    phrase: str


@dataclass(frozen=True)
class CheckedOutput:
    """An output that rules check; each phrase is searched for up to `limit` times.

    A verdict needs one occurrence, a highlight all of them.
    """

    text: str
    limit: int = 1

    @cached_property
    def folded(self) -> FoldedText:
        """The text in the form in which phrases are searched for."""
        return FoldedText(self.text)


@dataclass(frozen=True)
class Check:
    """What one rule found: of `total` conditions, `failed` are not met."""

    total: int = 0
    failed: int = 0
    issues: tuple[RuleIssue, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def failing_share(self) -> Fraction:
        """The failing share, 0 for a rule that the case does not have."""
        return Fraction(self.failed, self.total) if self.total else Fraction(0)


@dataclass(frozen=True)
class Grade:
    """The rule score from 0 to 1, and the issues that cost it points."""

    score: float
    issues: tuple[RuleIssue, ...]


def must_mention(case: Case, output: CheckedOutput) -> Check:
    """Require each phrase, or one of its alternatives, in any letter case."""
    marks: list[Mark] = []
    missing: list[Phrase] = []
    for phrase in case.must_mention:
        present = [
            mark for text in as_list(phrase) for mark in _phrase_marks(output, "required", text)
        ]
        marks += present
        if not present:
            missing.append(phrase)
    return _listed("must_mention", len(case.must_mention), missing, marks)


def must_not_mention(case: Case, output: CheckedOutput) -> Check:
    """Forbid each phrase, in any letter case."""
    found = {phrase: _phrase_marks(output, "forbidden", phrase) for phrase in case.must_not_mention}
    present = [phrase for phrase in case.must_not_mention if found[phrase]]
    marks = [mark for each in found.values() for mark in each]
    return _listed("must_not_mention", len(case.must_not_mention), present, marks)


def regex(case: Case, output: CheckedOutput) -> Check:
    """Require each pattern to match somewhere."""
    return _patterns("regex", as_list(case.regex), output, "required")


def not_regex(case: Case, output: CheckedOutput) -> Check:
    """Forbid each pattern to match anywhere."""
    return _patterns("not_regex", as_list(case.not_regex), output, "forbidden")


def max_chars(case: Case, output: CheckedOutput) -> Check:
    """Limit the number of characters."""
    return _at_most("max_chars", case.max_chars, len(output.text))


def max_words(case: Case, output: CheckedOutput) -> Check:
    """Limit the number of words, which white space separates."""
    return _at_most("max_words", case.max_words, len(output.text.split()))


def max_sentences(case: Case, output: CheckedOutput) -> Check:
    """Limit the number of sentences."""
    return _at_most("max_sentences", case.max_sentences, count_sentences(output.text))


def equals(case: Case, output: CheckedOutput) -> Check:
    """Require the output to be that text, ignoring letter case and white space around it."""
    if case.equals is None:
        return Check()
    met = _bare(output.text) == _bare(case.equals)
    return _single(met, RuleIssue(rule="equals", phrases=(case.equals,)))


def one_of(case: Case, output: CheckedOutput) -> Check:
    """Require the output to be one of the texts, ignoring letter case and white space around it."""
    if not case.one_of:
        return Check()
    met = _bare(output.text) in map(_bare, case.one_of)
    return _single(met, RuleIssue(rule="one_of", phrases=case.one_of))


def starts_with(case: Case, output: CheckedOutput) -> Check:
    """Require the output to start with the text, ignoring letter case and leading white space."""
    if case.starts_with is None:
        return Check()
    met = _bare(output.text).startswith(_bare(case.starts_with))
    return _single(met, RuleIssue(rule="starts_with", phrases=(case.starts_with,)))


def json_schema(case: Case, output: CheckedOutput) -> Check:
    """Require the whole output to be JSON that the schema allows."""
    if case.json_schema is None:
        return Check()
    problem = json_rule.problem(case.json_schema, output.text)
    return _single(not problem, RuleIssue(rule="json_schema", text=problem))


def contains_json(case: Case, output: CheckedOutput) -> Check:
    """Require a JSON object or list somewhere in the output that the schema allows."""
    if case.contains_json is None:
        return Check()
    problem = json_rule.contained_problem(case.contains_json, output.text)
    return _single(not problem, RuleIssue(rule="contains_json", text=problem))


def number(case: Case, output: CheckedOutput) -> Check:
    """Require the last number in the output, where answers end, to be within the tolerance."""
    if case.number is None:
        return Check()
    value, tolerance = Decimal(str(case.number.value)), Decimal(str(case.number.tolerance))
    wanted = f"{case.number.value:g}" + (f" ± {case.number.tolerance:g}" if tolerance else "")
    found = number_rule.last_number(output.text)
    met = found is not None and abs(found - value) <= tolerance
    printed = "" if found is None else str(found)
    return _single(met, RuleIssue(rule="number", wanted=wanted, found=printed))


Rule = Callable[[Case, CheckedOutput], Check]
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
        contains_json,
        number,
    )
}


def condition_totals(case: Case) -> tuple[int, int, int]:
    """Return the conditions of each kind as the score weighs them: the guide's two, all further.

    A rule counts its conditions whatever the output is.
    """
    empty = CheckedOutput("")
    required, forbidden = (rule(case, empty).total for rule in GUIDE_RULES.values())
    further = sum(rule(case, empty).total for rule in FURTHER_RULES.values())
    return required, forbidden, further


def grade(case: Case, suite: Suite, output: str) -> Grade:
    """Return the custom-eval score: 1 minus the cost of each kind of rule, at least 0.

    Each of its rules costs half its failing share, and so do the further rules together; an
    output longer than its input costs 0.2. May take patterns.TIMEOUT_S for each pattern.
    """
    checked = CheckedOutput(output)
    guide = [rule(case, checked) for rule in GUIDE_RULES.values()]
    further = [rule(case, checked) for rule in FURTHER_RULES.values()]
    issues = [issue for check in guide for issue in check.issues]
    together = Check(sum(check.total for check in further), sum(check.failed for check in further))
    cost = sum((check.failing_share for check in (*guide, together)), Fraction(0)) / 2
    if suite.length_check and len(output) > len(case.input):
        cost += LENGTH_COST
        issues.append(RuleIssue(rule="length_check"))
    issues += [issue for check in further for issue in check.issues]
    return Grade(float(max(Fraction(0), 1 - cost)), tuple(issues))


def marks(case: Case, output: str) -> list[Mark]:
    """Return what matched in the output, in its order; without patterns that take too long."""
    checked = CheckedOutput(output, _MARKS_PER_PHRASE)
    checks = [rule(case, checked) for rule in (must_mention, must_not_mention, regex, not_regex)]
    found = [mark for check in checks for mark in check.marks if mark.end > mark.start]
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def _phrase_marks(output: CheckedOutput, kind: MarkKind, phrase: str) -> list[Mark]:
    spans = output.folded.find(phrase, output.limit)
    return [Mark(start, end, kind, phrase) for start, end in spans]


def _patterns(
    rule: str, expressions: tuple[str, ...], output: CheckedOutput, kind: MarkKind
) -> Check:
    failed: list[Phrase] = []
    too_slow: list[Phrase] = []
    marks: list[Mark] = []
    for pattern in expressions:
        try:
            spans = patterns.spans(pattern, output.text, output.limit)
        except TimeoutError:
            too_slow.append(pattern)
            continue
        marks += [Mark(start, end, kind, pattern) for start, end in spans]
        if bool(spans) != (kind == "required"):
            failed.append(pattern)
    issues = _listed(rule, 0, failed).issues
    if too_slow:
        issues += (RuleIssue(rule=rule, phrases=tuple(too_slow), too_slow=True),)
    return Check(len(expressions), len(failed) + len(too_slow), issues, tuple(marks))


def _listed(rule: str, total: int, phrases: Iterable[Phrase], marks: Iterable[Mark] = ()) -> Check:
    failed = tuple(phrases)
    issues = (RuleIssue(rule=rule, phrases=failed),) if failed else ()
    return Check(total, len(failed), issues, tuple(marks))


def _at_most(rule: str, limit: int | None, length: int) -> Check:
    if limit is None:
        return Check()
    return _single(length <= limit, RuleIssue(rule=rule, wanted=str(limit), found=str(length)))


def _single(met: bool, issue: RuleIssue) -> Check:
    return Check(1) if met else Check(1, 1, (issue,))


def _bare(text: str) -> str:
    return fold_phrase(text).strip()
