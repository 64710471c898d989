"""Find rules of a case that no answer can meet together, or that are redundant."""

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from stack_tui.suites.diagnostics.diagnostic import Diagnostic, Severity
from stack_tui.suites.grading import patterns, rules
from stack_tui.suites.grading.phrases import contains
from stack_tui.suites.model.case import Case, Phrase, Suite, as_list
from stack_tui.text import fold_case, one_line

_ANSWERS = ("x", "Yes, in 1969.\nIt was so.", "- one\n- two")
_JSON_BEGINNINGS = '{["-0123456789tfn'


def contradictions(case: Case, suite: Suite) -> Iterator[Diagnostic]:
    """Yield contradictions between the rules; may take patterns.TIMEOUT_S for each pattern."""
    yield from _required_and_forbidden(case)
    yield from _repeated_phrases(case)
    yield from _limits(case)
    yield from _exact_answers(case, suite)
    yield from _beginning(case)
    yield from _patterns(case)


def quoted(phrase: Phrase) -> str:
    """Return the phrase, or its alternatives, quoted for a message."""
    return " or ".join(repr(one_line(one, 60)) for one in as_list(phrase))


def _required_and_forbidden(case: Case) -> Iterator[Diagnostic]:
    for place, phrase in enumerate(case.must_mention):
        held = {one: _contained(one, case.must_not_mention) for one in as_list(phrase)}
        barred = [
            f"{quoted(one)} contains {quoted(found[0])}" for one, found in held.items() if found
        ]
        if not barred:
            continue
        message = f"requires what must_not_mention forbids: {', '.join(barred)}"
        level: Severity = "error" if all(held.values()) else "warning"
        yield _diagnostic(case, f"must_mention[{place}]", level, message)
    if case.number and not case.number.tolerance:
        value = f"{case.number.value:g}"
        for forbidden in _contained(value, case.must_not_mention):
            message = f"requires {value}, and must_not_mention forbids {quoted(forbidden)}"
            yield _diagnostic(case, "number", "error", message)


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
                message = f"{quoted(phrase)} occurs wherever {field}[{implied[0]}] does"
                yield _diagnostic(
                    case, f"{field}[{place}]", "note", f"{message}, so it counts double"
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
            message = f"{limit} leaves no room for {quoted(longest)}, which must_mention requires"
            yield _diagnostic(case, field, "error", message)
        elif together > limit:
            message = f"{limit} hardly leaves room for what must_mention requires ({together})"
            yield _diagnostic(case, field, "warning", message)


def _exact_answers(case: Case, suite: Suite) -> Iterator[Diagnostic]:
    """Yield what the case's rules find in the answers that `equals` and `one_of` allow."""
    freely = replace(suite, length_check=False)
    if case.equals is not None:
        for issue in rules.grade(case, freely, case.equals).issues:
            yield _diagnostic(case, "equals", "error", f"its text breaks another rule: {issue}")
    broken = {one: rules.grade(case, freely, one).issues for one in case.one_of}
    level: Severity = "error" if all(broken.values()) else "warning"
    for place, (one, issues) in enumerate(broken.items()):
        if issues and case.equals is None:
            message = f"{quoted(one)} breaks another rule: {issues[0]}"
            yield _diagnostic(case, f"one_of[{place}]", level, message)


def _beginning(case: Case) -> Iterator[Diagnostic]:
    if case.starts_with is None:
        return
    start = case.starts_with.strip()
    for forbidden in _contained(start, case.must_not_mention):
        message = f"contains {quoted(forbidden)}, which must_not_mention forbids"
        yield _diagnostic(case, "starts_with", "error", message)
    if case.max_chars is not None and len(start) > case.max_chars:
        yield _diagnostic(
            case, "starts_with", "error", f"is longer than max_chars, {case.max_chars}"
        )
    if case.json_schema is not None and start[0] not in _JSON_BEGINNINGS:
        yield _diagnostic(
            case, "starts_with", "error", "cannot begin JSON, which json_schema requires"
        )


def _patterns(case: Case) -> Iterator[Diagnostic]:
    for field in ("regex", "not_regex"):
        for pattern in as_list(getattr(case, field)):
            try:
                yield from _required(case, pattern) if field == "regex" else _barred(case, pattern)
            except TimeoutError:
                message = f"{pattern!r} takes more than {patterns.TIMEOUT_S:g} s on a few words"
                yield _diagnostic(case, field, "warning", message)


def _required(case: Case, pattern: str) -> Iterator[Diagnostic]:
    if pattern in as_list(case.not_regex):
        yield _diagnostic(case, "regex", "error", f"{pattern!r} is also in not_regex")
    elif all(_matches(pattern, answer) for answer in _ANSWERS):
        yield _diagnostic(case, "regex", "warning", f"{pattern!r} matches any answer")
    elif _matches(pattern, ""):
        yield _diagnostic(case, "regex", "warning", f"{pattern!r} matches an empty answer")


def _barred(case: Case, pattern: str) -> Iterator[Diagnostic]:
    if all(_matches(pattern, answer) for answer in _ANSWERS):
        yield _diagnostic(case, "not_regex", "error", f"{pattern!r} matches any answer")
        return
    for phrase in case.must_mention:
        if all(_matches(pattern, one) for one in as_list(phrase)):
            message = f"{pattern!r} matches {quoted(phrase)}, which must_mention requires"
            yield _diagnostic(case, "not_regex", "warning", message)


def _matches(pattern: str, text: str) -> bool:
    return patterns.search(pattern, text)


def _contained(text: str, phrases: Iterable[str]) -> list[str]:
    """Return the phrases that the text contains."""
    folded = fold_case(text)
    return [phrase for phrase in phrases if contains(folded, phrase)]


def _implies(longer: Phrase, phrase: Phrase) -> bool:
    """Return whether every way to mention `longer` also mentions the phrase."""
    return all(_contained(one, as_list(phrase)) for one in as_list(longer))


def _apart(ways: list[str]) -> list[str]:
    """Return the phrases that are not part of others."""
    folded = sorted({fold_case(way) for way in ways}, key=len)
    return [
        way for place, way in enumerate(folded) if not any(way in o for o in folded[place + 1 :])
    ]


def _diagnostic(case: Case, field: str, level: Severity, message: str) -> Diagnostic:
    return Diagnostic(case=case.id, field=field, level=level, message=one_line(message))
