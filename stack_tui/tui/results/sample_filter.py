"""Which samples are listed: a search by words or by conditions such as judge<4, and their order."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from stack_tui.runs.events import Sample, SampleKey
from stack_tui.runs.labels import Label
from stack_tui.text import fold_case
from stack_tui.tui.ui.icons import concern, outcome

HINT = "words, or status: task: issue: label: judged: is:failing judge<4 rule<.8 latency>2 temp=0"

HELP: Mapping[str, str] = {
    "words": "in id, task, output, prompt, target or rule issues; all terms must match",
    "status:error": "ok, empty, tool_calls, reasoning_only, truncated, filtered, error, unscored,"
    " pass, fail",
    "is:failing": "what did not pass; is:passing for the rest",
    "task:anatomy": "part of the task name",
    "issue:forbidden": "part of a rule issue",
    "label:flaky": "a person's label (kind, note, who), or the case's own labels",
    "judged:words": "in a judge's name or answer",
    "judge<4 rule<.8": "scores; also latency>2 (seconds) and tokens>=100",
}

Test = Callable[[Sample], bool]
Arrangement = Literal["all", "failing first", "failing only"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("all", "failing first", "failing only")

_NO_LABELS: Mapping[SampleKey, Label] = {}
_COMPARISON = re.compile(r"(judge|rule|latency|tokens|temp)(<=|>=|<|>|=)(\d*\.?\d+)")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_NUMBERS: dict[str, Callable[[Sample], float | None]] = {
    "judge": lambda sample: sample.judge_score,
    "rule": lambda sample: sample.rule_score,
    "latency": lambda sample: sample.latency_s,
    "temp": lambda sample: sample.temperature,
    "tokens": lambda sample: sample.completion_tokens,
}


def parse(query: str, labels: Mapping[SampleKey, Label] = _NO_LABELS) -> Test:
    """Return a test for samples that match all the words and conditions in `query`.

    `labels` are people's labels of the run's samples.
    """
    tests = [_test(term, labels) for term in query.split()]
    return lambda sample: all(test(sample) for test in tests)


def _test(term: str, labels: Mapping[SampleKey, Label]) -> Test:
    if comparison := _COMPARISON.fullmatch(term.casefold()):
        return _number(*comparison.groups())
    key, colon, value = term.partition(":")
    if key.casefold() == "label" and value:
        return _label(fold_case(value), labels)
    if colon and value and (condition := _CONDITIONS.get(key.casefold())):
        return condition(fold_case(value))
    return _anywhere(fold_case(term))


def _number(name: str, sign: str, value: str) -> Test:
    get, compare, limit = _NUMBERS[name], _OPERATORS[sign], float(value)

    def test(sample: Sample) -> bool:
        found = get(sample)
        return found is not None and compare(found, limit)

    return test


def _anywhere(word: str) -> Test:
    def test(sample: Sample) -> bool:
        texts = [sample.id, sample.task, sample.output, sample.prompt, sample.target]
        texts += [*map(str, sample.rule_issues), *sample.outputs.values()]
        # Folding one text takes half as long as folding each; a word holds no line break.
        return word in fold_case("\n".join(texts))

    return test


def _status(value: str) -> Test:
    return lambda sample: value in (sample.status, outcome(sample).word)


def _issue(value: str) -> Test:
    def test(sample: Sample) -> bool:
        # As reports print an issue, and as the screens show it.
        texts = (text for issue in sample.rule_issues for text in (str(issue), issue.words))
        return any(value in fold_case(text) for text in texts)

    return test


def _label(value: str, labels: Mapping[SampleKey, Label]) -> Test:
    def test(sample: Sample) -> bool:
        label = labels.get(sample.key)
        texts = (*sample.labels, f"{label.kind} {label.note} {label.who}" if label else "")
        return any(value in fold_case(text) for text in texts)

    return test


def _is(value: str) -> Test:
    failing = value in ("failing", "failed", "fail")
    if failing or value in ("passing", "passed", "pass"):
        return lambda sample: (concern(sample) < 3) == failing
    return _status(value)


_CONDITIONS: dict[str, Callable[[str], Test]] = {
    "status": _status,
    "task": lambda value: lambda sample: value in fold_case(sample.task),
    "issue": _issue,
    "judged": lambda value: (
        lambda sample: any(
            value in fold_case(f"{verdict.judge} {verdict.answer}") for verdict in sample.verdicts
        )
    ),
    "is": _is,
}


def order_samples(
    samples: Sequence[Sample],
    *,
    test: Test | None = None,
    key: Callable[[Sample], Any] | None = None,
    descending: bool = False,
    arrangement: Arrangement = "all",
) -> Sequence[int]:
    """Return the places in `samples` to list, top to bottom.

    Those that meet the test are sorted by `key`; then failing ones come first or alone: failed,
    then with an error, then unsettled.
    """
    places = list(range(len(samples)))
    if test:
        places = [place for place in places if test(samples[place])]
    if key:
        places.sort(key=lambda place: key(samples[place]), reverse=descending)
    if arrangement == "failing only":
        places = [place for place in places if concern(samples[place]) < 3]
    if arrangement != "all":
        places.sort(key=lambda place: concern(samples[place]))
    return places
