"""Check a suite that loads for what its author probably did not intend."""

from collections import Counter
from collections.abc import Iterator

from stack_tui.suites.diagnostics.contradictions import contradictions, quoted
from stack_tui.suites.diagnostics.diagnostic import Diagnostic, Severity
from stack_tui.suites.diagnostics.duplicates import duplicates
from stack_tui.suites.grading.phrases import contains
from stack_tui.suites.model.case import Case, Criterion, Suite, as_list, criteria_of
from stack_tui.text import fold_case

# The length of one sentence: a summary can hardly be shorter than an input below it.
SHORT_INPUT = 100


def lint(suite: Suite, *, judged: bool = True) -> list[Diagnostic]:
    """Return the diagnostics, first of the suite and then case by case.

    `judged`: check rubrics too. A suite with `length_check` counts as a summary. May take
    patterns.TIMEOUT_S for each pattern.
    """
    found = [*_suite(suite, judged), *_repeated(suite), *_clusters_of_one(suite)]
    for case in suite.cases:
        found += contradictions(case, suite)
        if suite.length_check:
            found += _phrases_not_in_input(case)
    order = {case.id: place for place, case in enumerate(suite.cases, 1)}
    return sorted(found, key=lambda each: order.get(each.case, 0))


def _suite(suite: Suite, judged: bool) -> Iterator[Diagnostic]:
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
            message = f"no other case names {quoted(case.cluster)}"
            yield _diagnostic(case.id, "cluster", "note", message)


def _phrases_not_in_input(case: Case) -> Iterator[Diagnostic]:
    """Yield required phrases that the text to summarize does not contain."""
    text = fold_case(case.input)
    for place, phrase in enumerate(case.must_mention):
        if not any(contains(text, one) for one in as_list(phrase)):
            what = "a number" if any(map(str.isdigit, "".join(as_list(phrase)))) else "a phrase"
            message = f"requires {what} that is not in the input: {quoted(phrase)}"
            yield _diagnostic(case.id, f"must_mention[{place}]", "note", message)


def _diagnostic(case: str, field: str, level: Severity, message: str) -> Diagnostic:
    return Diagnostic(case=case, field=field, level=level, message=message)
