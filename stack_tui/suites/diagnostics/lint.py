"""Check a suite that loads for what its author probably did not intend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from stack_tui.names import plural
from stack_tui.suites.diagnostics.duplicates import duplicates
from stack_tui.suites.grading import patterns, rules
from stack_tui.suites.grading.json_rule import unchecked_formats
from stack_tui.suites.grading.pass_mark import can_fail, condition_count, most_misses
from stack_tui.suites.grading.phrases import contains, fold_phrase
from stack_tui.suites.model.case import Case, Criterion, Phrase, Suite, as_list, criteria_of
from stack_tui.text import fold_case, one_line

# The length of one sentence: a summary can hardly be shorter than an input below it.
SHORT_INPUT = 100
_ANSWERS = ("x", "Yes, in 1969.\nIt was so.", "- one\n- two")
_JSON_BEGINNINGS = '{["-0123456789tfn'

Severity = Literal["error", "warning", "note"]


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """A likely mistake in a case, or in the suite if `case` is empty, and its severity.

    `error`: no answer can meet the rules; `warning`: probably a mistake; `note`: worth checking.
    """

    case: str
    field: str
    level: Severity
    message: str


def lint(suite: Suite, *, judged: bool = True) -> list[Diagnostic]:
    """Return the diagnostics, first of the suite and then case by case.

    `judged`: check rubrics too. A suite with `length_check` counts as a summary. May take
    patterns.TIMEOUT_S for each pattern.
    """
    found = [*_suite(suite, judged), *_repeated(suite), *_clusters_of_one(suite)]
    for case in suite.cases:
        found += _contradictions(case, suite)
        if suite.length_check:
            found += _phrases_not_in_input(case)
    order = {case.id: place for place, case in enumerate(suite.cases, 1)}
    return sorted(found, key=lambda each: order.get(each.case, 0))


def _suite(suite: Suite, judged: bool) -> Iterator[Diagnostic]:
    yield from _pass_marks(suite)
    if suite.length_check:
        yield from _short_inputs(suite)
    if not judged:
        return
    without = [
        case for case in suite.cases if not case.rubric.strip() and not criteria_of(suite, case)
    ]
    if len(without) == len(suite.cases):
        level: Severity = "warning" if suite.judges or suite.judge_prompt else "note"
        message = "no case has a rubric or criteria, so no judge is asked"
        yield _diagnostic("", "rubric", level, message)
    else:
        for case in without:
            message = "is empty, so no judge scores this case"
            yield _diagnostic(case.id, "rubric", "warning", message)
    if suite.judge_prompt and "{rubric}" not in suite.judge_prompt:
        message = "lacks {rubric}, so judges do not see the rubrics, nor any criterion"
        yield _diagnostic("", "judge_prompt", "warning", message)
    referring = any(case.reference.strip() for case in suite.cases)
    if referring and suite.judge_prompt and "{reference}" not in suite.judge_prompt:
        message = "lacks {reference}, so judges do not see the references"
        yield _diagnostic("", "judge_prompt", "warning", message)
    yield from _criteria("", suite.criteria)
    for case in suite.cases:
        yield from _criteria(case.id, case.criteria)
        if case.reference.strip() and not (case.rubric.strip() or criteria_of(suite, case)):
            message = "is for judges only, and no judge scores this case"
            yield _diagnostic(case.id, "reference", "warning", message)


def _pass_marks(suite: Suite) -> Iterator[Diagnostic]:
    """Yield how many conditions outputs may miss and still pass, and the cases that cannot fail."""
    misses = {case.id: most_misses(suite, case) for case in suite.cases}
    lenient = [case for case in suite.cases if 0 < misses[case.id] < condition_count(case)]
    if lenient:
        worst = max(lenient, key=lambda case: misses[case.id])
        message = (
            f"lets an output miss conditions and still pass in {len(lenient)} of "
            f"{plural(len(suite.cases), 'case')}, such as {misses[worst.id]} of "
            f"{condition_count(worst)} in {worst.id!r}; with pass_mark = 1 all must hold"
        )
        yield _diagnostic("", "pass_mark", "note", message)
    for case in suite.cases:
        if not can_fail(suite, case) and not case.rubric.strip() and not criteria_of(suite, case):
            message = "has no rule that an output can fail by, and no rubric: it is not counted"
            yield _diagnostic(case.id, "id", "warning", message)


def _criteria(case: str, criteria: tuple[Criterion, ...]) -> Iterator[Diagnostic]:
    names: dict[str, str] = {}
    for place, criterion in enumerate(criteria):
        words = " ".join(fold_case(criterion.ask).split())
        if words in names:
            message = f"asks the same as {names[words]!r}: it only doubles the weight"
            yield _diagnostic(case, f"criteria[{place}].ask", "warning", message)
        names.setdefault(words, criterion.name)
    if len(criteria) == 1 and criteria[0].weight != 1:
        message = "has no effect with a single criterion"
        yield _diagnostic(case, "criteria[0].weight", "note", message)


def _short_inputs(suite: Suite) -> Iterator[Diagnostic]:
    short = [case for case in suite.cases if len(case.input) < SHORT_INPUT]
    if len(short) * 2 >= len(suite.cases) > 1:
        message = (
            f"is on, and {len(short)} of {len(suite.cases)} inputs are shorter than a sentence"
        )
        remedy = "if this is not a summary, set length_check = false"
        yield _diagnostic("", "length_check", "warning", f"{message}: {remedy}")
        return
    for case in short:
        message = f"has {len(case.input)} characters: an answer that is longer loses 0.2"
        yield _diagnostic(case.id, "input", "warning", f"{message} (length_check)")


def _repeated(suite: Suite) -> Iterator[Diagnostic]:
    for each in duplicates(suite.cases):
        if each.share == 1:
            message = f"is the same as that of {each.earlier!r}"
            yield _diagnostic(each.case, "input", "warning", message)
        else:
            message = (
                f"is similar to that of {each.earlier!r} ({each.share:.0%} of the word triples)"
            )
            yield _diagnostic(each.case, "input", "note", message)


def _clusters_of_one(suite: Suite) -> Iterator[Diagnostic]:
    sizes = Counter(case.cluster for case in suite.cases)
    for case in suite.cases:
        if case.cluster and sizes[case.cluster] == 1:
            message = f"no other case names {_quoted(case.cluster)}"
            yield _diagnostic(case.id, "cluster", "note", message)


def _phrases_not_in_input(case: Case) -> Iterator[Diagnostic]:
    """Yield required phrases that the text to summarize does not contain."""
    text = fold_phrase(case.input)
    for place, phrase in enumerate(case.must_mention):
        if not any(contains(text, one) for one in as_list(phrase)):
            what = "a number" if any(map(str.isdigit, "".join(as_list(phrase)))) else "a phrase"
            message = f"requires {what} that is not in the input: {_quoted(phrase)}"
            yield _diagnostic(case.id, f"must_mention[{place}]", "note", message)


def _diagnostic(case: str, field: str, level: Severity, message: str) -> Diagnostic:
    return Diagnostic(case=case, field=field, level=level, message=one_line(message))


def _contradictions(case: Case, suite: Suite) -> Iterator[Diagnostic]:
    """Yield contradictions between the rules; may take patterns.TIMEOUT_S for each pattern."""
    yield from _required_and_forbidden(case)
    yield from _repeated_phrases(case)
    yield from _limits(case)
    yield from _exact_answers(case, suite)
    yield from _beginning(case)
    yield from _patterns(case)
    yield from _schemas(case)


def _quoted(phrase: Phrase) -> str:
    """Return the phrase, or its alternatives, quoted for a message."""
    return " or ".join(repr(one_line(one, 60)) for one in as_list(phrase))


def _required_and_forbidden(case: Case) -> Iterator[Diagnostic]:
    for place, phrase in enumerate(case.must_mention):
        held = {one: _contained(one, case.must_not_mention) for one in as_list(phrase)}
        barred = [
            f"{_quoted(one)} contains {_quoted(found[0])}" for one, found in held.items() if found
        ]
        if not barred:
            continue
        message = f"requires what must_not_mention forbids: {', '.join(barred)}"
        level: Severity = "error" if all(held.values()) else "warning"
        yield _diagnostic(case.id, f"must_mention[{place}]", level, message)
    if case.number and not case.number.tolerance:
        value = f"{case.number.value:g}"
        for forbidden in _contained(value, case.must_not_mention):
            message = f"requires {value}, and must_not_mention forbids {_quoted(forbidden)}"
            yield _diagnostic(case.id, "number", "error", message)


def _repeated_phrases(case: Case) -> Iterator[Diagnostic]:
    for field in ("must_mention", "must_not_mention"):
        phrases: tuple[Phrase, ...] = getattr(case, field)
        for place, phrase in enumerate(phrases):
            implied = [
                other
                for other, longer in enumerate(phrases)
                if other != place
                and _implies(longer, phrase)
                and (other < place or not _implies(phrase, longer))
            ]
            if implied:
                message = f"{_quoted(phrase)} occurs wherever {field}[{implied[0]}] does"
                yield _diagnostic(
                    case.id, f"{field}[{place}]", "note", f"{message}, so it counts double"
                )


def _limits(case: Case) -> Iterator[Diagnostic]:
    """Compare the limits with the longest required phrase, and with all of them together."""
    sizes: dict[str, Callable[[str], int]] = {
        "max_chars": len,
        "max_words": lambda text: len(text.split()),
    }
    for field, size in sizes.items():
        limit = getattr(case, field)
        ways = [min(as_list(phrase), key=size) for phrase in case.must_mention]
        if limit is None or not ways:
            continue
        longest = max(ways, key=size)
        together = sum(size(way) for way in _apart(ways))
        if size(longest) > limit:
            message = f"{limit} leaves no room for {_quoted(longest)}, which must_mention requires"
            yield _diagnostic(case.id, field, "error", message)
        elif together > limit:
            message = f"{limit} hardly leaves room for what must_mention requires ({together})"
            yield _diagnostic(case.id, field, "warning", message)


def _exact_answers(case: Case, suite: Suite) -> Iterator[Diagnostic]:
    """Yield what the case's rules find in the answers that `equals` and `one_of` allow."""
    freely = replace(suite, length_check=False)
    if case.equals is not None:
        for issue in rules.grade(case, freely, case.equals).issues:
            yield _diagnostic(case.id, "equals", "error", f"its text breaks another rule: {issue}")
    broken = {one: rules.grade(case, freely, one).issues for one in case.one_of}
    level: Severity = "error" if all(broken.values()) else "warning"
    for place, (one, issues) in enumerate(broken.items()):
        if issues and case.equals is None:
            message = f"{_quoted(one)} breaks another rule: {issues[0]}"
            yield _diagnostic(case.id, f"one_of[{place}]", level, message)


def _beginning(case: Case) -> Iterator[Diagnostic]:
    if case.starts_with is None:
        return
    start = case.starts_with.strip()
    for forbidden in _contained(start, case.must_not_mention):
        message = f"contains {_quoted(forbidden)}, which must_not_mention forbids"
        yield _diagnostic(case.id, "starts_with", "error", message)
    if case.max_chars is not None and len(start) > case.max_chars:
        yield _diagnostic(
            case.id, "starts_with", "error", f"is longer than max_chars, {case.max_chars}"
        )
    if case.json_schema is not None and start[0] not in _JSON_BEGINNINGS:
        yield _diagnostic(
            case.id, "starts_with", "error", "cannot begin JSON, which json_schema requires"
        )


def _schemas(case: Case) -> Iterator[Diagnostic]:
    for field in ("json_schema", "contains_json"):
        schema = getattr(case, field)
        for name in unchecked_formats(schema) if schema is not None else ():
            message = f"the format {name!r} is not checked: any text meets it"
            yield _diagnostic(case.id, field, "warning", message)


def _patterns(case: Case) -> Iterator[Diagnostic]:
    for field in ("regex", "not_regex"):
        for pattern in as_list(getattr(case, field)):
            try:
                yield from _required(case, pattern) if field == "regex" else _barred(case, pattern)
            except TimeoutError:
                message = f"{pattern!r} takes more than {patterns.TIMEOUT_S:g} s on a few words"
                yield _diagnostic(case.id, field, "warning", message)


def _required(case: Case, pattern: str) -> Iterator[Diagnostic]:
    if pattern in as_list(case.not_regex):
        yield _diagnostic(case.id, "regex", "error", f"{pattern!r} is also in not_regex")
    elif all(patterns.search(pattern, answer) for answer in _ANSWERS):
        yield _diagnostic(case.id, "regex", "warning", f"{pattern!r} matches any answer")
    elif patterns.search(pattern, ""):
        yield _diagnostic(case.id, "regex", "warning", f"{pattern!r} matches an empty answer")


def _barred(case: Case, pattern: str) -> Iterator[Diagnostic]:
    if all(patterns.search(pattern, answer) for answer in _ANSWERS):
        yield _diagnostic(case.id, "not_regex", "error", f"{pattern!r} matches any answer")
        return
    for phrase in case.must_mention:
        if all(patterns.search(pattern, one) for one in as_list(phrase)):
            message = f"{pattern!r} matches {_quoted(phrase)}, which must_mention requires"
            yield _diagnostic(case.id, "not_regex", "warning", message)


def _contained(text: str, phrases: Iterable[str]) -> list[str]:
    """Return the phrases that the text contains."""
    folded = fold_phrase(text)
    return [phrase for phrase in phrases if contains(folded, phrase)]


def _implies(longer: Phrase, phrase: Phrase) -> bool:
    """Return whether every way to mention `longer` also mentions the phrase."""
    return all(_contained(one, as_list(phrase)) for one in as_list(longer))


def _apart(ways: list[str]) -> list[str]:
    """Return the phrases that are not part of others."""
    folded = sorted({fold_phrase(way) for way in ways}, key=len)
    return [
        way for place, way in enumerate(folded) if not any(way in o for o in folded[place + 1 :])
    ]
