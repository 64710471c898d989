"""An issue prints as custom-eval prints it, and in plain words; old ones print as they were."""

import json

import msgspec
import pytest

from stack_tui.runs.events import Sample
from stack_tui.runs.journal_line import decode, encode
from stack_tui.runs.rule_issue import RuleIssue, issue_of_text

FORMS = [
    (
        RuleIssue(rule="must_mention", phrases=("KV", ("30 days", "thirty days"))),
        "missing required: ['KV', ['30 days', 'thirty days']]",
        "missing: KV, 30 days or thirty days",
    ),
    (
        RuleIssue(rule="must_not_mention", phrases=("GPU memory",)),
        "contains forbidden: ['GPU memory']",
        "forbidden: GPU memory",
    ),
    (
        RuleIssue(rule="not_regex", phrases=("a+b",), too_slow=True),
        "pattern took too long: ['a+b']",
        "pattern took too long: a+b",
    ),
    (
        RuleIssue(rule="max_words", wanted="5", found="10"),
        "longer than 5 words: 10",
        "10 words, maximum 5",
    ),
    (RuleIssue(rule="equals", phrases=("it's",)), 'not equal to: "it\'s"', "not equal to: it's"),
    (RuleIssue(rule="one_of", phrases=("a", "b")), "not one of: ['a', 'b']", "not one of: a, b"),
    (RuleIssue(rule="number", wanted="7"), "no number, wanted: 7", "number missing, wanted 7"),
    (RuleIssue(rule="number", wanted="7", found="3"), "number 3 is not 7", "number 3, wanted 7"),
    (RuleIssue(rule="length_check"), "summary longer than input", "longer than the input"),
    (RuleIssue(rule="json_schema", text="not JSON: x"), "not JSON: x", "not JSON: x"),
]


@pytest.mark.parametrize(("issue", "printed", "words"), FORMS)
def test_an_issue_prints_in_both_forms(issue: RuleIssue, printed: str, words: str) -> None:
    assert (str(issue), issue.words) == (printed, words)


@pytest.mark.parametrize("text", [*(printed for _, printed, _ in FORMS), "", "of another version"])
def test_an_issue_of_an_old_journal_prints_as_it_was(text: str) -> None:
    line = {"kind": "sample", "at": 2.0, "task": "t", "id": "c", "rule_issues": [text]}
    sample = decode(json.dumps(line).encode())
    assert isinstance(sample, Sample)
    assert [str(issue) for issue in sample.rule_issues] == [text]
    assert decode(encode(sample)) == sample


def test_an_issue_is_stored_as_data() -> None:
    sample = Sample(at=1.0, task="t", id="c", rule_issues=(FORMS[0][0],))
    assert json.loads(encode(sample))["rule_issues"] == [
        {"rule": "must_mention", "phrases": ["KV", ["30 days", "thirty days"]]}
    ]
    assert decode(encode(sample)) == sample


def test_an_old_issue_is_known_by_its_rule() -> None:
    assert issue_of_text("contains forbidden: ['x']").rule == "must_not_mention"
    assert issue_of_text("pattern took too long: ['x']").rule == ""


@pytest.mark.parametrize("issues", [[3], [{"rule": 3}], "text"])
def test_what_is_no_issue_is_refused(issues: object) -> None:
    line = {"kind": "sample", "at": 2.0, "task": "t", "id": "c", "rule_issues": issues}
    with pytest.raises(msgspec.DecodeError):
        decode(json.dumps(line).encode())
