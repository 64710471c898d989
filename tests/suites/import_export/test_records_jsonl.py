"""Cases as JSONL, there and back."""

from pathlib import Path

import pytest
from hypothesis import given

from stack_tui.errors import StackError
from stack_tui.suites.import_export.records import read_jsonl, write_jsonl
from stack_tui.suites.model.case import Case
from tests.suites.import_export.made import CASES

PATH = Path("cases.jsonl")


@given(CASES)
def test_what_is_written_reads_back_as_the_same_cases(cases: list[Case]) -> None:
    text = write_jsonl(cases)
    assert text.count("\n") == len(cases)
    assert read_jsonl(text, PATH) == tuple(cases)


def test_a_record_without_an_id_is_called_by_its_line() -> None:
    cases = read_jsonl('\n{"input": "One."}\n{"id": 7, "input": "Two.", "rubric": null}\n', PATH)
    assert cases == (Case(id="line-2", input="One."), Case(id="7", input="Two."))


def test_keys_can_be_renamed_and_left_out() -> None:
    text = '{"question": "One?", "answer": "1", "source": "web"}'
    renamed = {"question": "input", "answer": "equals", "source": ""}
    assert read_jsonl(text, PATH, renamed) == (Case(id="line-1", input="One?", equals="1"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"input": "a"}\n{broken', ("cases.jsonl:2", "not valid JSON")),
        ("[1]", ("cases.jsonl:1", "expected an object")),
        (
            '{"input": "a", "must_mentoin": ["b"]}',
            ("cases.jsonl:1", "must_mentoin", "Did you mean"),
        ),
        ('{"id": "x", "input": "a", "max_words": "b"}', ("cases.jsonl:1", "(x).max_words")),
        ('{"id": "x", "input": "a"}\n{"id": "x", "input": "b"}', ("cases.jsonl:2", "line 1")),
        ('{"id": "x", "input": "a", "regex": "("}', ("cases.jsonl:1", "(x).regex")),
        ("\n\n", ("cases.jsonl", "no case")),
    ],
)
def test_a_mistake_is_reported_with_file_line_and_field(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(StackError) as refused:
        read_jsonl(text, PATH)
    for word in words:
        assert word in str(refused.value)
