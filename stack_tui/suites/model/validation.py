"""Check a suite's values before a model is asked anything."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stack_tui.suites.grading import patterns
from stack_tui.suites.grading.json_rule import schema_problem
from stack_tui.suites.model.case import Case, Criterion, Number, Phrase, Suite, as_list

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MOST_REPEATS = 10_000
_OWN_KEYS = frozenset({"model", "messages", "stream", "n"})


@dataclass(frozen=True)
class Problem:
    """A field and what is wrong with it, for the person who wrote it."""

    field: str
    message: str


def case_problems(case: Case) -> Iterator[Problem]:
    """Yield the problems of a case, field by field."""
    for field in ("id", "input", "equals", "starts_with"):
        if (text := getattr(case, field)) is not None and not text.strip():
            yield Problem(field, "is empty")
    if case.cluster and not case.cluster.strip():
        yield Problem("cluster", "is empty")
    for field in ("must_not_mention", "one_of", "labels"):
        yield from _empty_phrases(field, getattr(case, field))
    for place, phrase in enumerate(case.must_mention):
        yield from _bad_alternatives(f"must_mention[{place}]", phrase)
    for field in ("regex", "not_regex"):
        yield from _bad_patterns(field, as_list(getattr(case, field)))
    for field in ("max_chars", "max_words", "max_sentences"):
        if (limit := getattr(case, field)) is not None and limit < 1:
            yield Problem(field, "must be 1 or more")
    for field in ("json_schema", "contains_json"):
        if (schema := getattr(case, field)) is not None and (found := schema_problem(schema)):
            yield Problem(field, found)
    yield from _bad_number(case.number)
    yield from _bad_pass_mark(case.pass_mark)
    yield from _bad_criteria(case.criteria)


def suite_problems(suite: Suite) -> Iterator[Problem]:
    """Yield the problems of the suite's own values; its cases are not checked."""
    if not _NAME.fullmatch(suite.name):
        yield Problem(
            "name",
            "must be letters, digits, '.', '_' or '-': results files are named after it",
        )
    if "{input}" not in suite.prompt:
        yield Problem("prompt", "lacks {input}, the place of a case's input")
    if suite.judge_prompt and "{output}" not in suite.judge_prompt:
        yield Problem("judge_prompt", "lacks {output}, the place of the output")
    if problem := temperature_problem(suite.temperatures):
        yield Problem("temperature", problem)
    if suite.top_p is not None and not 0 < suite.top_p <= 1:
        yield Problem("top_p", "must be above 0 and at most 1")
    for field in ("max_tokens", "judge_max_tokens", "repeats"):
        if getattr(suite, field) < 1:
            yield Problem(field, "must be 1 or more")
    if suite.repeats > MOST_REPEATS:
        yield Problem("repeats", f"must be at most {MOST_REPEATS:,}")
    yield from _bad_pass_mark(suite.pass_mark)
    yield from _empty_phrases("judges", suite.judges)
    yield from _bad_criteria(suite.criteria)
    for key in sorted(_OWN_KEYS & suite.extra_body.keys()):
        yield Problem(f"extra_body.{key}", "is set by stack-tui itself; remove it")


def temperature_problem(temperatures: Sequence[float]) -> str:
    """Return why a run cannot use these temperatures, "" if it can."""
    if not temperatures:
        return "must have at least one temperature"
    if not all(0 <= temperature <= 2 for temperature in temperatures):
        return "must be from 0 to 2"
    if len(set(temperatures)) < len(temperatures):
        return "repeats a temperature"
    return ""


def _empty_phrases(field: str, phrases: tuple[str, ...]) -> Iterator[Problem]:
    for place, phrase in enumerate(phrases):
        if not phrase.strip():
            yield Problem(f"{field}[{place}]", "is empty")


def _bad_pass_mark(mark: float | None) -> Iterator[Problem]:
    if mark is not None and not 0 < mark <= 1:
        yield Problem("pass_mark", "must be above 0 and at most 1")


def _bad_number(number: Number | None) -> Iterator[Problem]:
    if number is None:
        return
    if not math.isfinite(number.value):
        yield Problem("number.value", "must be a finite number")
    if not 0 <= number.tolerance < math.inf:
        yield Problem("number.tolerance", "must be 0 or more")


def _bad_criteria(criteria: tuple[Criterion, ...]) -> Iterator[Problem]:
    names: set[str] = set()
    for place, criterion in enumerate(criteria):
        where = f"criteria[{place}]"
        for field in ("name", "ask"):
            if not getattr(criterion, field).strip():
                yield Problem(f"{where}.{field}", "is empty")
        if criterion.name in names:
            yield Problem(f"{where}.name", f"is used twice: {criterion.name!r}")
        if not 0 < criterion.weight < math.inf:
            yield Problem(f"{where}.weight", "must be above 0")
        names.add(criterion.name)


def _bad_alternatives(field: str, phrase: Phrase) -> Iterator[Problem]:
    if isinstance(phrase, str):
        if not phrase.strip():
            yield Problem(field, "is empty")
    elif not phrase:
        yield Problem(field, "has no alternatives")
    else:
        yield from _empty_phrases(field, phrase)


def _bad_patterns(field: str, expressions: tuple[str, ...]) -> Iterator[Problem]:
    yield from _empty_phrases(field, expressions)
    for pattern in expressions:
        try:
            patterns.compiled(pattern)
        except patterns.PatternError as error:
            yield Problem(field, f"{pattern!r} is not a valid regular expression: {error}")
